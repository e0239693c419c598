using System.Collections.Concurrent;
using Prestage.Simulators.Processes;

namespace Prestage.Simulators.FunctionsHost.Worker;

/// <summary>
/// Starts child processes that end with this one, however it ends. On Linux the kernel kills them (PR_SET_PDEATHSIG, set by setpriv of
/// util-linux before it becomes the program). Elsewhere a guard of ours stands between, and kills them when the pipe from here closes.
/// </summary>
internal static class BoundProcess
{
    /// <summary>The verb of this program that guards another.</summary>
    public const string GuardVerb = "guard";

    private const string SetPriv = "/usr/bin/setpriv";

    // The kernel's signal comes at the end of the thread that started the child: this thread lives as long as the process.
    private static readonly Lazy<BlockingCollection<Action>> Starts = new(() =>
    {
        var queue = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var start in queue.GetConsumingEnumerable())
            {
                start();
            }
        })
        { IsBackground = true, Name = "child processes" }.Start();
        return queue;
    });

    /// <summary>Whether the kernel here can kill a child at its parent's end.</summary>
    public static bool HasSignal => OperatingSystem.IsLinux() && File.Exists(SetPriv);

    /// <summary>Starts the program, bound by the kernel's signal or by the guard. Its standard input is closed.</summary>
    public static Task<ChildProcess> StartAsync(ChildProcessStart start, bool bySignal)
    {
        var bound = bySignal
            ? start with { FileName = SetPriv, Arguments = ["--pdeathsig", "KILL", "--", start.FileName, .. start.Arguments] }
            : start with
            {
                FileName = "dotnet",
                Arguments = [typeof(BoundProcess).Assembly.Location, GuardVerb, start.FileName, .. start.Arguments],
                KeepInputOpen = true,
            };
        var started = new TaskCompletionSource<ChildProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Value.Add(() =>
        {
            try
            {
                started.SetResult(ChildProcess.Start(bound));
            }
            catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
            {
                started.SetException(exception);
            }
        });
        return started.Task;
    }
}
