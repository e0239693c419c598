using System.Runtime.InteropServices;

namespace Prestage.Simulators.Sandbox;

/// <summary>
/// <c>prestage-sandbox sandbox [--exit] [--macs N] [--published] [--faults [--seed N]]</c>: enrolls N simulated Macs, checks the outcome, prints each step
/// with its time and the figures, and ends with <c>&lt;done&gt; of &lt;N&gt; Macs enrolled in &lt;s&gt; s</c>. Exit code 0 only if all are.
/// </summary>
internal static class SandboxVerb
{
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        if (SandboxOptions.Parse(args) is not { } options)
        {
            await Console.Error.WriteLineAsync($"usage: {SandboxOptions.Usage}");
            return 64;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        try
        {
            return await new SandboxRun(options, Console.WriteLine).RunAsync(stop.Token) ? 0 : 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Console.WriteLine("Stopped.");
            return 130;
        }
    }
}
