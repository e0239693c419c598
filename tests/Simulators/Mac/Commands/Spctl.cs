using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>spctl -a -vv -t install file</c>: Gatekeeper's verdict, on standard error.</summary>
internal static class Spctl
{
    public static CommandAnswer Run(CommandCall call)
    {
        var file = call.Arguments.LastOrDefault() ?? string.Empty;
        return MacPackage.Read(call.Files.FromArgument(file)) is { IsTrusted: true } package
            ? CommandAnswer.Failed(0, $"{file}: accepted\nsource=Notarized Developer ID\norigin={package.Leaf}\n")
            : CommandAnswer.Failed(3, $"{file}: rejected\nsource=no usable signature\n");
    }
}
