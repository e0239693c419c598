using System.Globalization;
using System.Text;
using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>The graphical session at the Mac's screen: who has it, and how to end it.</summary>
internal sealed class LoginSession(CommandRunner commands, MacPaths paths)
{
    private const string LogOutEvent = "tell application \"loginwindow\" to «event aevtrlgo»";

    /// <summary>Who is at the screen; null at a Mac where nobody ever was.</summary>
    public async Task<ConsoleUser?> ReadAsync(CancellationToken cancel)
    {
        var shown = await commands.RunAsync(Tool.Scutil, [], Encoding.ASCII.GetBytes("show State:/Users/ConsoleUser\n"), null, cancel);
        return ConsoleUser.Parse(shown.Output);
    }

    /// <summary>The person at the screen once the desktop is there: Finder and Dock run, so that Setup Assistant is through.</summary>
    public async Task<ConsoleUser?> ReadReadyAsync(CancellationToken cancel) =>
        await ReadAsync(cancel) is { IsPerson: true } user && await RunsAsync(user.Uid, "Finder", cancel) && await RunsAsync(user.Uid, "Dock", cancel)
            ? user
            : null;

    /// <summary>Whether a process of that exact name runs for that user.</summary>
    public async Task<bool> RunsAsync(int uid, string process, CancellationToken cancel) =>
        (await commands.RunAsync(Tool.Pgrep, ["-u", Text(uid), "-x", process], cancel)).Succeeded;

    /// <summary>Whether anything at all runs for that user. A failing <c>pgrep</c> counts as yes.</summary>
    public async Task<bool> RunsAnythingAsync(int uid, CancellationToken cancel) =>
        (await commands.RunAsync(Tool.Pgrep, ["-u", Text(uid)], cancel)).ExitCode != 1;

    /// <summary>Asks loginwindow, as the user, to log out without a question; an open document can hold it up.</summary>
    public async Task<bool> AskToLogOutAsync(ConsoleUser user, CancellationToken cancel) =>
        (await commands.RunAsync(
            Tool.Launchctl,
            ["asuser", Text(user.Uid), paths.Of(Tool.Sudo), "-H", "-u", user.Name, paths.Of(Tool.OsaScript), "-e", LogOutEvent],
            cancel)).Succeeded;

    /// <summary>Ends the graphical session; unsaved work is lost.</summary>
    public async Task<bool> BootOutAsync(ConsoleUser user, CancellationToken cancel) =>
        (await commands.RunAsync(Tool.Launchctl, ["bootout", $"gui/{Text(user.Uid)}"], cancel)).Succeeded;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
