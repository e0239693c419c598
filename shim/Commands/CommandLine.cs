using System.CommandLine;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;

namespace Prestage.Shim.Commands;

/// <summary>The commands and options that the program knows.</summary>
internal static class CommandLine
{
    /// <summary>How long what was asked to end may take to clean up. launchd kills after 20 s.</summary>
    internal static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, MacPaths paths, TimeProvider time)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Show each step and what it would do; change nothing." };
        var run = new Command("run", "Enroll this Mac, or resume where an earlier run stopped.") { dryRun };
        run.SetAction((parsed, cancellationToken) => TryAsync(() => new RunCommand(paths, time).RunAsync(parsed.GetValue(dryRun), cancellationToken)));
        var status = new Command("status", "Show how far the enrollment is.");
        status.SetAction((_, cancellationToken) => TryAsync(() => new StatusCommand(paths, time).RunAsync(Console.Out, cancellationToken)));
        var json = new Option<bool>("--json") { Description = "Print the findings as JSON." };
        var doctor = new Command("doctor", "Look at everything that an enrollment needs; change nothing.") { json };
        doctor.SetAction((parsed, cancellationToken) =>
            TryAsync(() => new DoctorCommand(paths, time).RunAsync(parsed.GetValue(json), Console.Out, cancellationToken)));
        var reset = Forced("reset", "Forget the enrollment, for another test; accounts stay.", (force, cancellationToken) => new ResetCommand(paths, time).RunAsync(force, Console.Out, cancellationToken));
        var uninstall = Forced("uninstall", "Remove Prestage from this Mac; the log stays.", (force, cancellationToken) => new UninstallCommand(paths, time).RunAsync(force, Console.Out, cancellationToken));
        var program = new RootCommand("Prestage enrolls this Mac in JumpCloud.") { run, status, doctor, reset, uninstall };

        var parsed = program.Parse(arguments);
        if (parsed.Errors.Count == 0)
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeToEnd });
        }

        foreach (var error in parsed.Errors)
        {
            await Console.Error.WriteLineAsync(error.Message);
        }

        await Console.Error.WriteLineAsync("Try prestage --help.");
        return (int)ExitCode.Usage;
    }

    // A tool that others can change ends the command before it does anything.
    private static async Task<int> TryAsync(Func<Task<ExitCode>> command)
    {
        try
        {
            return (int)await command();
        }
        catch (UntrustedPathException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return (int)ExitCode.Untrusted;
        }
    }

    private static Command Forced(string name, string description, Func<bool, CancellationToken, Task<ExitCode>> act)
    {
        var force = new Option<bool>("--force") { Description = "Do it although an enrollment runs or is under way; end the run first." };
        var command = new Command(name, description) { force };
        command.SetAction((parsed, cancellationToken) => TryAsync(() => act(parsed.GetValue(force), cancellationToken)));
        return command;
    }
}
