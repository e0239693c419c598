using System.Globalization;
using System.Text;
using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>The graphical session at the Mac's screen: who has it, and how to end it.</summary>
internal sealed class LoginSession(CommandRunner commands, MacPaths paths)
{
    private const string LogOutEvent = "tell application \"loginwindow\" to «event aevtrlgo»";

    /// <summary>Who is at the screen; null at a Mac where nobody ever was.</summary>
    public async Task<ConsoleUser?> ReadAsync(CancellationToken cancellationToken)
    {
        var shown = await commands.RunAsync(Tool.Scutil, [], Encoding.ASCII.GetBytes("show State:/Users/ConsoleUser\n"), null, cancellationToken);
        return ConsoleUser.Parse(shown.Output);
    }

    /// <summary>The person at the screen once the desktop is there: Finder and Dock run, so that Setup Assistant is through.</summary>
    public async Task<ConsoleUser?> ReadReadyAsync(CancellationToken cancellationToken) =>
        await ReadAsync(cancellationToken) is { IsPerson: true } user && await RunsAsync(user.Uid, "Finder", cancellationToken) && await RunsAsync(user.Uid, "Dock", cancellationToken)
            ? user
            : null;

    /// <summary>Whether a process of that exact name runs for that user.</summary>
    public async Task<bool> RunsAsync(int uid, string process, CancellationToken cancellationToken) =>
        (await commands.RunAsync(Tool.Pgrep, ["-u", Text(uid), "-x", process], cancellationToken)).Succeeded;

    /// <summary>Whether anything at all runs for that user. A failing <c>pgrep</c> counts as yes.</summary>
    public async Task<bool> RunsAnythingAsync(int uid, CancellationToken cancellationToken) =>
        !IsNone(await commands.ReadAsync(Tool.Pgrep, ["-u", Text(uid)], said => said.ExitCode == 0 || IsNone(said), cancellationToken));

    // Code 1 and not a word; with words it is a failure.
    private static bool IsNone(CommandResult pgrep) => pgrep is { ExitCode: 1, Output.Length: 0, Errors.Length: 0 };

    /// <summary>Asks loginwindow, as the user, to log out without a question; an open document can hold it up.</summary>
    public Task<bool> AskToLogOutAsync(ConsoleUser user, CancellationToken cancellationToken) =>
        RunAsUserAsync(user, Tool.OsaScript, ["-e", LogOutEvent], cancellationToken);

    /// <summary>Lets launchd end the user's session and go back to the login window.</summary>
    public Task<bool> RebootToLoginAsync(ConsoleUser user, CancellationToken cancellationToken) =>
        RunAsUserAsync(user, Tool.Launchctl, ["reboot", "logout"], cancellationToken);

    /// <summary>Ends the graphical session; unsaved work is lost.</summary>
    public async Task<bool> BootOutAsync(ConsoleUser user, CancellationToken cancellationToken) =>
        (await commands.RunAsync(Tool.Launchctl, ["bootout", $"gui/{Text(user.Uid)}"], cancellationToken)).Succeeded;

    /// <summary>Kills that user's loginwindow, and everything of the session with it.</summary>
    public async Task<bool> KillAsync(ConsoleUser user, CancellationToken cancellationToken) =>
        (await commands.RunAsync(Tool.Pkill, ["-9", "-u", Text(user.Uid), "-x", "loginwindow"], cancellationToken)).Succeeded;

    // asuser gives the session's namespace, sudo the user.
    private async Task<bool> RunAsUserAsync(ConsoleUser user, string tool, string[] arguments, CancellationToken cancellationToken)
    {
        commands.Require(Tool.Sudo);
        commands.Require(tool);
        return (await commands.RunAsync(
            Tool.Launchctl, ["asuser", Text(user.Uid), paths.Of(Tool.Sudo), "-H", "-u", user.Name, paths.Of(tool), .. arguments], cancellationToken)).Succeeded;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
