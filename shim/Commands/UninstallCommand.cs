using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.State;
using Prestage.Shim.Ui.SwiftDialog;

namespace Prestage.Shim.Commands;

/// <summary><c>prestage uninstall</c>: takes away launchd's job, state and program; the log stays. Each line may be the last before a crash: the next call ends it.</summary>
internal sealed class UninstallCommand(MacPaths paths, TimeProvider time)
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
        if (!force && OpenEnrollment(state) is { } open)
        {
            await Console.Error.WriteLineAsync($"{open}; nothing was changed. Let it end, or use --force.");
            return ExitCode.Enrolling;
        }

        var isThere = Directory.Exists(paths.StateDirectory);
        using var held = isThere ? await Forgetting.HoldAsync(state, commands, force, time, cancellationToken) : null;
        if (isThere && held is null)
        {
            await Console.Error.WriteLineAsync("A prestage runs on this Mac; nothing was changed. --force ends it first.");
            return ExitCode.Running;
        }

        await RemoveAsync(commands, output, cancellationToken);
        return ExitCode.Done;
    }

    private static string? OpenEnrollment(StateDirectory state) =>
        !state.HasReceipt && File.Exists(state.JournalFile) && JournalStore.Peek(state.JournalFile) is { EnrollmentId: { } id } journal
            ? $"Enrollment {id} is under way at step {journal.Step}"
            : null;

    private async Task RemoveAsync(CommandRunner commands, TextWriter output, CancellationToken cancellationToken)
    {
        // The job's file first: without it nothing starts at the next boot, whatever comes between.
        Delete(paths.LaunchDaemon, output);
        await new LaunchdJobs(commands).BootOutAsync(MacPaths.Label, cancellationToken);
        Forgetting.DeleteHandedOver(paths, commands);
        await new DialogFiles(paths).CloseLeftOverAsync(time, cancellationToken);
        Delete(paths.StateDirectory, output);
        await new Packages(commands).ForgetAsync(MacPaths.Label, cancellationToken);
        Delete(Path.GetDirectoryName(paths.Program)!, output);
        await output.WriteLineAsync($"Prestage is not on this Mac any more. The log stays: {paths.LogFile}");
    }

    private static void Delete(string path, TextWriter output)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else if (File.Exists(path))
        {
            File.Delete(path);
        }
        else
        {
            return;
        }

        output.WriteLine($"Removed {path}");
    }
}
