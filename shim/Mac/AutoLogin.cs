using System.Text.RegularExpressions;
using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>Whom macOS logs in by itself at each start. Hiding an account takes it off the login window, and does not end that.</summary>
internal sealed partial class AutoLogin(CommandRunner commands, MacPaths paths)
{
    private const string Key = "autoLoginUser";

    /// <summary>Ends it where it is that user's, and reads that back; another's stays. False where it is still there, or cannot be read.</summary>
    public async Task<bool> EndAsync(string user, CancellationToken cancellationToken)
    {
        var isTheirs = await IsOfAsync(user, cancellationToken);
        if (isTheirs is not true)
        {
            return isTheirs is false;
        }

        // It can say success and do nothing, as all of that tool's work.
        await commands.RunAsync(Tool.SysAdminCtl, ["-autologin", "off"], cancellationToken);
        if (await IsOfAsync(user, cancellationToken) is not false)
        {
            await commands.RunAsync(Tool.Defaults, ["delete", paths.LoginWindow, Key], cancellationToken);
        }

        return TryDeletePassword() && await IsOfAsync(user, cancellationToken) is false;
    }

    // Null where the answer is neither a name nor that there is none.
    private async Task<bool?> IsOfAsync(string user, CancellationToken cancellationToken)
    {
        var said = await commands.ReadAsync(Tool.Defaults, ["read", paths.LoginWindow, Key], said => IsName(said) || IsNone(said), cancellationToken);
        return IsName(said) ? said.Output.Trim() == user : IsNone(said) ? false : null;

        static bool IsName(CommandResult said) => said.Succeeded && Name().IsMatch(said.Output);
        static bool IsNone(CommandResult said) => said.ExitCode == 1 && said.Errors.Contains("does not exist", StringComparison.Ordinal);
    }

    private bool TryDeletePassword()
    {
        try
        {
            if (File.Exists(paths.AutoLoginPassword))
            {
                File.Delete(paths.AutoLoginPassword);
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^[^\s<>{}]*\n\z")]
    private static partial Regex Name();
}
