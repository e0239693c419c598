using System.Globalization;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>defaults</c> for the login window's preferences; all that is in them here is whom macOS logs in by itself.</summary>
internal static class Defaults
{
    private const string LoginWindow = "/Library/Preferences/com.apple.loginwindow";
    private const string AutoLoginUser = "autoLoginUser";

    public static CommandAnswer Run(CommandCall call)
    {
        if (call.Arguments is not ["read" or "delete", var domain, var key])
        {
            return CommandAnswer.Failed(255, "Command line interface to a user's defaults.\n");
        }

        if (call.Files.FromArgument(domain) != call.Files.Of(LoginWindow) || key != AutoLoginUser || call.State.AutoLoginUser is not { } user)
        {
            var now = call.Options.Time.GetLocalNow() + call.State.ClockOffset;
            var prefix = string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd HH:mm:ss.fff} defaults[4243:98766] ");
            return CommandAnswer.Failed(
                1, call.Arguments[0] == "read" ? $"{prefix}\nThe domain/default pair of ({domain}, {key}) does not exist\n" : $"{prefix}\nDomain ({domain}) not found.\nDefaults have not been changed.\n");
        }

        if (call.Arguments[0] == "read")
        {
            return CommandAnswer.Ok($"{user}\n");
        }

        if (!call.IsRoot)
        {
            return CommandAnswer.Failed(1, $"Could not write domain {domain}; exiting\n");
        }

        call.Change(state => state with { AutoLoginUser = null });
        return CommandAnswer.Silent;
    }
}
