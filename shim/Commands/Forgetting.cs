using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.Running;
using Prestage.Shim.State;

namespace Prestage.Shim.Commands;

/// <summary>Gets hold of the state directory before something in it is deleted: no run may be under way, or it is ended first.</summary>
internal static class Forgetting
{
    private static readonly TimeSpan Grace = CommandLine.TimeToEnd + TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The held lock; null while another prestage runs that was not to be ended, or does not end. Dispose to let go.</summary>
    /// <param name="force">End the other one: asked first, so that it cleans up, then by force, which it survives at any line.</param>
    public static async Task<StateLock?> HoldAsync(StateDirectory state, CommandRunner commands, bool force, TimeProvider time, CancellationToken cancellationToken)
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
        await new LaunchdJobs(commands).BootOutAsync(MacPaths.Label, cancellationToken);
        int? asked = null;
        return await Poll.ForAsync(
            async token =>
            {
                if (state.TryLock() is { } held)
                {
                    return held;
                }

                if (state.ReadHolder() is { } holder && holder != asked)
                {
                    asked = holder;
                    await RunningProgram.AskToEndAsync(commands, holder, token);
                }

                return null;
            },
            Grace,
            time,
            cancellationToken) ?? await Poll.ForAsync(
            _ =>
            {
                var held = state.TryLock();
                if (held is null && state.ReadHolder() is { } holder)
                {
                    RunningProgram.End(holder);
                }

                return Task.FromResult(held);
            },
            Patience,
            time,
            cancellationToken);
    }

    /// <summary>Deletes what a run trusts the agent's installer with: a killed one, or a Mac that lost its power, leaves it there.</summary>
    public static void DeleteHandedOver(MacPaths paths, CommandRunner commands)
    {
        new JumpCloudAgent(paths, commands).DeleteBootstrap();
        new ServiceAccountOrder(paths).Delete();
    }
}
