using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.State;
using Prestage.Shim.Ui.SwiftDialog;

namespace Prestage.Shim.Commands;

/// <summary><c>prestage reset</c>: forgets an enrollment, so that the next start begins anew. Accounts, agent and settings stay as they are.</summary>
internal sealed class ResetCommand(MacPaths paths, TimeProvider time)
{
    public async Task<ExitCode> RunAsync(bool force, TextWriter output, CancellationToken cancellationToken)
    {
        var commands = new CommandRunner(paths, time);
        if (!await new Machine(commands).IsRootAsync(cancellationToken))
        {
            await Console.Error.WriteLineAsync("prestage must be started as root.");
            return ExitCode.NotRoot;
        }

        var state = new StateDirectory(paths);
        if (!Directory.Exists(paths.StateDirectory))
        {
            await output.WriteLineAsync("There is nothing to forget.");
            return ExitCode.Done;
        }

        using var held = await Forgetting.HoldAsync(state, commands, force, time, cancellationToken);
        if (held is null)
        {
            await Console.Error.WriteLineAsync("A prestage runs on this Mac; nothing was changed. --force ends it first.");
            return ExitCode.Running;
        }

        var made = File.Exists(state.JournalFile) ? JournalStore.Peek(state.JournalFile)?.CreatedAccount : null;
        var forgotten = state.Forget();
        Forgetting.DeleteHandedOver(paths, commands);
        await new DialogFiles(paths).CloseLeftOverAsync(time, cancellationToken);
        await output.WriteLineAsync(forgotten.Count == 0 ? "There is nothing to forget." : $"Forgotten: {string.Join(", ", forgotten)}.");
        if (made is not null)
        {
            await output.WriteLineAsync($"The account {made} stays; a new enrollment takes it for someone's own.");
        }

        await output.WriteLineAsync($"To begin anew: launchctl bootstrap system {paths.LaunchDaemon}, or prestage run.");
        return ExitCode.Done;
    }
}
