namespace Prestage.Simulators.Processes;

/// <summary>A process that stands still (SIGSTOP) until this is disposed (SIGCONT). Node sends the signals: .NET cannot, and their numbers differ.</summary>
internal sealed class Suspension : IAsyncDisposable
{
    private const string Script = "process.kill(Number(process.argv[1]), process.argv[2])";
    private readonly int pid;

    private Suspension(int pid) => this.pid = pid;

    public static async Task<Suspension> OfAsync(int pid)
    {
        await SignalAsync(pid, "SIGSTOP");
        return new Suspension(pid);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await SignalAsync(pid, "SIGCONT");

    private static async Task SignalAsync(int pid, string signal)
    {
        await using var node = ChildProcess.Start(new("node", "-e", Script, $"{pid}", signal));
        if (await node.Exited != 0)
        {
            throw new InvalidOperationException($"{signal} did not reach process {pid}.");
        }
    }
}
