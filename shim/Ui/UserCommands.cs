using System.Globalization;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.Running;

namespace Prestage.Shim.Ui;

/// <summary>Runs commands in the graphical session of whoever is at the screen: <c>asuser</c> for the session, <c>sudo</c> for the user.</summary>
internal sealed class UserCommands(CommandRunner commands, LoginSession session, MacPaths paths, TimeProvider time)
{
    /// <summary>Who is at the screen with a desktop; null where nobody is.</summary>
    public Task<ConsoleUser?> FindUserAsync(CancellationToken cancellationToken) => session.ReadReadyAsync(cancellationToken);

    /// <summary>The same, waiting until somebody is.</summary>
    public async Task<ConsoleUser> WaitForUserAsync(CancellationToken cancellationToken) =>
        (await Poll.ForAsync(session.ReadReadyAsync, TimeSpan.MaxValue, time, cancellationToken))!;

    /// <summary>Runs a command that waits for the person.</summary>
    /// <exception cref="UntrustedPathException">Others can change the command.</exception>
    public Task<SecretOutput> AskAsync(ConsoleUser user, string tool, IReadOnlyList<string> arguments, byte[] input, CancellationToken cancellationToken)
    {
        commands.Require(Tool.Sudo);
        commands.Require(tool);
        return commands.AskAsync(
            Tool.Launchctl,
            ["asuser", user.Uid.ToString(CultureInfo.InvariantCulture), paths.Of(Tool.Sudo), "-H", "-u", user.Name, paths.Of(tool), .. arguments],
            input,
            cancellationToken);
    }
}
