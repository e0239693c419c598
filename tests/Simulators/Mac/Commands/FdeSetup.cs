using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>fdesetup</c>: FileVault's state, and who can unlock it.</summary>
internal static class FdeSetup
{
    public static CommandAnswer Run(CommandCall call) => call.Arguments.FirstOrDefault() switch
    {
        "status" => CommandAnswer.Ok(call.State.FileVaultOn ? "FileVault is On.\n" : "FileVault is Off.\n"),
        "isactive" => new CommandAnswer(call.State.FileVaultOn ? 0 : 1, call.State.FileVaultOn ? "true\n" : "false\n"),
        "list" when call.IsRoot => CommandAnswer.Ok(string.Concat(
            call.State.Users.Values.Where(user => call.State.FileVaultOn && user.SecureToken).Select(user => $"{user.ShortName},{user.GeneratedUid}\n"))),
        "list" => CommandAnswer.Failed(1, "Error: This command must be run as root.\n"),
        _ => CommandAnswer.Failed(1, "usage: fdesetup verb [options]\n"),
    };
}
