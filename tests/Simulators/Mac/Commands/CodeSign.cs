using System.Text.RegularExpressions;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary>
/// <c>codesign --verify --strict -R=requirement bundle</c>: the seal, then the requirement, of which it understands the team and that Apple's authority
/// and a Developer ID certificate are asked for.
/// </summary>
internal static partial class CodeSign
{
    private const int Failed = 1;
    private const int Usage = 2;
    private const int RequirementFailed = 3;

    public static CommandAnswer Run(CommandCall call)
    {
        if (call.Arguments is not ["--verify", "--strict", var option, var path] || !option.StartsWith("-R=", StringComparison.Ordinal))
        {
            return CommandAnswer.Failed(Usage, "Usage: codesign -v [-v] [-R=<requirement string>|-R <requirement file path>] path ...\n");
        }

        if (Requirement().Match(option[3..]) is not { Success: true } requirement)
        {
            return CommandAnswer.Failed(Usage, "error: invalid requirement specification\n");
        }

        var app = call.Files.FromArgument(path);
        if (!Directory.Exists(app))
        {
            return CommandAnswer.Failed(Failed, $"{path}: No such file or directory\n");
        }

        if (SignedApp.SealOf(app) is not { } seal)
        {
            return CommandAnswer.Failed(Failed, $"{path}: code object is not signed at all\n");
        }

        return !SignedApp.IsIntact(app, seal) ? CommandAnswer.Failed(Failed, $"{path}: a sealed resource is missing or invalid\n")
            : (string?)seal["team"] == requirement.Groups[1].Value && (bool)seal["byApple"]! ? CommandAnswer.Silent
            : CommandAnswer.Failed(RequirementFailed, $"{path}: valid on disk\ntest-requirement: code failed to satisfy specified code requirement(s)\n");
    }

    [GeneratedRegex(
        @"^anchor apple generic and certificate 1\[field\.1\.2\.840\.113635\.100\.6\.2\.6\] exists "
        + @"and certificate leaf\[field\.1\.2\.840\.113635\.100\.6\.1\.13\] exists and certificate leaf\[subject\.OU\] = ""([A-Z0-9]{10})""\z")]
    private static partial Regex Requirement();
}
