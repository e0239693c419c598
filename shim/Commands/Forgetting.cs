using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.Running;
using Prestage.Shim.State;

namespace Prestage.Shim.Commands;

/// <summary>Gets hold of the state directory before something in it is deleted: no run may be under way, or it is ended first.</summary>
internal static class Forgetting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The held lock; null while another prestage runs that was not to be ended, or does not end. Dispose to let go.</summary>
    /// <param name="force">End the other one, which survives that at any line: its next start would resume.</param>
    public static async Task<StateLock?> HoldAsync(StateDirectory state, LaunchdJobs jobs, bool force, TimeProvider time, CancellationToken cancel)
    {
        if (state.TryLock() is { } free)
        {
            return free;
        }

        if (!force)
        {
            return null;
        }

        // launchd would start it again at once.
        await jobs.BootOutAsync(MacPaths.Label, cancel);
        StateLock? held = null;
        await Poll.UntilAsync(
            _ =>
            {
                held = state.TryLock();
                if (held is null && state.ReadHolder() is { } holder)
                {
                    RunningProgram.End(holder);
                }

                return Task.FromResult(held is not null);
            },
            Patience,
            time,
            cancel);
        return held;
    }
}
