using System.Text.RegularExpressions;
using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>The leaf of a package's signature, as <c>pkgutil --check-signature</c> prints it in line <c>1.</c> of the chain.</summary>
internal static partial class PackageSignature
{
    /// <summary>Whether the check passed, the leaf is a Developer ID Installer certificate, and its team is this one.</summary>
    public static bool IsBy(string teamId, CommandResult check)
    {
        var leaf = Leaf().Match(check.Output);
        return check.Succeeded && leaf.Success && leaf.Groups[1].Value == teamId;
    }

    [GeneratedRegex(@"^\s*1\. Developer ID Installer: .*\(([^()]+)\)\s*$", RegexOptions.Multiline)]
    private static partial Regex Leaf();
}
