using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Prestage.Simulators.Mac.Calls;

/// <summary>The resident end of all the scripts: takes their calls on loopback, and answers through the command table.</summary>
internal sealed class CommandListener : IAsyncDisposable
{
    private readonly SimulatedMac mac;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly List<Task> serving = [];
    private readonly Task accepting;
    private CancellationTokenSource session = new();

    /// <param name="mac">The Mac whose commands these are.</param>
    /// <param name="listens">Whether there are scripts; else nobody can call from outside.</param>
    public CommandListener(SimulatedMac mac, bool listens)
    {
        this.mac = mac;
        if (listens)
        {
            listener.Start(backlog: 128);
        }

        accepting = listens ? AcceptAsync() : Task.CompletedTask;
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What a caller has to know; it is in the scripts.</summary>
    public string Token { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Ends with the next restart.</summary>
    public CancellationToken Session
    {
        get
        {
            lock (gate)
            {
                return session.Token;
            }
        }
    }

    /// <summary>Ends every running call, as a restart does.</summary>
    public void EndCalls()
    {
        CancellationTokenSource ended;
        lock (gate)
        {
            (ended, session) = (session, new CancellationTokenSource());
        }

        ended.Cancel();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        stopping.Cancel();

        // Not before the accepting has ended: a socket closed while it is about to accept answers EINVAL.
        await accepting;
        listener.Stop();
        EndCalls();
        Task[] all;
        lock (gate)
        {
            all = [.. serving];
        }

        await Task.WhenAll(all);
        listener.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(stopping.Token);
                lock (gate)
                {
                    // A task that failed for a reason of ours is kept, so that the end of the Mac reports it.
                    serving.RemoveAll(task => task.IsCompletedSuccessfully);
                    var ended = session.Token;
                    serving.Add(Task.Run(() => ServeAsync(client, ended), CancellationToken.None));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The Mac is switched off.
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken cancellationToken)
    {
        client.NoDelay = true;
        await using var connection = new NetworkStream(client, ownsSocket: true);
        try
        {
            var stream = new CallStream(connection);
            var request = await stream.ReadRequestAsync(cancellationToken);
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Token), Encoding.UTF8.GetBytes(Token)))
            {
                await stream.AnswerAsync(await mac.Desk.AnswerAsync(request, stream, cancellationToken), cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // The caller was killed, or the Mac is going down: nobody is left to answer.
        }
    }
}
