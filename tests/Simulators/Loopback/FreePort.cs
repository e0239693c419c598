using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Prestage.Simulators.Loopback;

/// <summary>Ports of this machine for programs that must be told one before they start.</summary>
internal static class FreePort
{
    // Below what the system itself hands out (ip_local_port_range): whoever asks for any port cannot get one that waits for its program.
    private const int First = 10_000;
    private const int Count = 22_000;
    private static int next = RandomNumberGenerator.GetInt32(Count);

    /// <summary>A port that nobody listens on; this process does not get it again soon.</summary>
    public static int Find()
    {
        for (var tried = 0; tried < Count; tried++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref next) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }

        throw new InvalidOperationException($"No port from {First} to {First + Count} is free.");
    }
}
