using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Prestage.Simulators.Mac.Commands;
using Prestage.Simulators.Mac.Faults;

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

    public CommandListener(SimulatedMac mac)
    {
        this.mac = mac;
        listener.Start(backlog: 128);
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What a caller has to know; it is in the scripts.</summary>
    public string Token { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

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
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
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

    private async Task ServeAsync(Socket client, CancellationToken cancel)
    {
        client.NoDelay = true;
        await using var connection = new NetworkStream(client, ownsSocket: true);
        try
        {
            var stream = new CallStream(connection);
            var request = await stream.ReadRequestAsync(cancel);
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Token), Encoding.UTF8.GetBytes(Token)))
            {
                await AnswerAsync(stream, request, cancel);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
        {
            // The caller was killed, or the Mac is going down: nobody is left to answer.
        }
    }

    private async Task AnswerAsync(CallStream stream, CallRequest request, CancellationToken cancel)
    {
        var started = mac.Options.Time.GetTimestamp();
        var fault = mac.Faults.Take(request.Command, request.Arguments);
        var call = new CommandCall(mac, request, stream, fault, cancel);
        CommandAnswer? answer = null;
        try
        {
            answer = await RunAsync(call, fault, stream);
        }
        finally
        {
            var (shown, found) = PasswordArguments.Hide(request.Arguments);
            var exitCode = answer is { Run: null } ? answer.ExitCode : (int?)null;
            var took = mac.Options.Time.GetElapsedTime(started).TotalMilliseconds;
            mac.Journal.Add(new MacCall(request.Command, shown, request.Uid, exitCode, took, fault?.Name), found);
        }

        await stream.AnswerAsync(answer, cancel);
    }

    private static async Task<CommandAnswer> RunAsync(CommandCall call, MacFault? fault, CallStream stream)
    {
        switch (fault?.Mode)
        {
            case FaultMode.Hang:
                await stream.UntilClosedAsync(call.Cancel);
                throw new IOException("the caller gave up");
            case FaultMode.Instead:
                return FaultText.Answer(fault, call);
            case FaultMode.Slow:
                await Task.Delay(fault.Delay, call.Options.Time, call.Cancel);
                break;
            case FaultMode.Afterwards:
                var real = await CommandTable.RunAsync(call);
                var own = FaultText.Answer(fault, call);
                return own.Output.Length + own.Errors.Length > 0 ? own : real with { ExitCode = own.ExitCode };
        }

        return await CommandTable.RunAsync(call);
    }
}
