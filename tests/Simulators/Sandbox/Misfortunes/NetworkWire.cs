using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Prestage.Simulators.Sandbox.Misfortunes;

/// <summary>The network between one Mac and the backend: a relay on loopback that can be cut, and can lose an answer.</summary>
internal sealed class NetworkWire : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<Socket, Task> connections = new();
    private readonly IPEndPoint backend;
    private readonly Task accepting;
    private TaskCompletionSource? toLose;
    private volatile bool isCut;

    public NetworkWire(Uri backend)
    {
        this.backend = new(IPAddress.Loopback, backend.Port);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Address = new($"http://{listener.LocalEndPoint}/");
        accepting = AcceptAsync();
    }

    /// <summary>Where the Mac finds the backend.</summary>
    public Uri Address { get; }

    /// <summary>Nothing gets through for so long, and what was on its way is lost.</summary>
    public async Task CutAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        isCut = true;
        try
        {
            Abort(connections.Keys);
            await Task.Delay(length, cancellationToken);
        }
        finally
        {
            isCut = false;
        }
    }

    /// <summary>The next answer of the backend does not arrive; returns when it was lost.</summary>
    public Task LoseAnswerAsync(CancellationToken cancellationToken)
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var earlier = Interlocked.CompareExchange(ref toLose, lost, null);
        return (earlier ?? lost).Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();

        // Not before the accepting has ended: a socket closed while it is about to accept answers EINVAL.
        await accepting;
        listener.Close();
        Abort(connections.Keys);
        await Task.WhenAll(connections.Values);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var mac = await listener.AcceptAsync(stopping.Token);
                var known = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                connections[mac] = RelayAsync(mac, known.Task);
                known.SetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // The world ends.
        }
    }

    private async Task RelayAsync(Socket mac, Task known)
    {
        await known;
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (!isCut)
            {
                await server.ConnectAsync(backend, stopping.Token);
                (mac.NoDelay, server.NoDelay) = (true, true);
                await await Task.WhenAny(PumpAsync(mac, server, isAnswer: false), PumpAsync(server, mac, isAnswer: true));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side is gone, or the wire is cut.
        }
        finally
        {
            Abort([mac]);
            connections.TryRemove(mac, out _);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isAnswer)
    {
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await from.ReceiveAsync(buffer, stopping.Token)) > 0)
        {
            if (isAnswer && Interlocked.Exchange(ref toLose, null) is { } lost)
            {
                lost.SetResult();
                return;
            }

            for (var sent = 0; sent < read;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), stopping.Token);
            }
        }
    }

    // With a reset: a lost connection is no orderly end.
    private static void Abort(IEnumerable<Socket> sockets)
    {
        foreach (var socket in sockets)
        {
            socket.Close(timeout: 0);
        }
    }
}
