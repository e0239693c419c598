using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>profiles status</c>: MDM enrollment, and the Bootstrap Token for root.</summary>
internal static class Profiles
{
    public static CommandAnswer Run(CommandCall call) => (call.Arguments.FirstOrDefault(), call.Option("-type")) switch
    {
        ("status", "enrollment") =>
            CommandAnswer.Ok(call.Options.MdmServer is { } server
                ? $"Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\nMDM server: {server}\n"
                : "Enrolled via DEP: No\nMDM enrollment: No\n"),
        ("status", "bootstraptoken") when !call.IsRoot => CommandAnswer.Failed(1, "profiles: this command requires root privileges\n"),
        ("status", "bootstraptoken") => CommandAnswer.Ok(
            $"profiles: Bootstrap Token supported on server: {YesNo(call.State.BootstrapTokenSupported)}\n"
            + $"profiles: Bootstrap Token escrowed to server: {YesNo(call.State.BootstrapTokenEscrowed)}\n"),
        _ => CommandAnswer.Failed(1, "profiles: unknown command\n"),
    };

    private static string YesNo(bool yes) => yes ? "YES" : "NO";
}
