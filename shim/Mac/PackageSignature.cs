using System.Text.RegularExpressions;
using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>A package's signature as <c>pkgutil --check-signature</c> prints it: a status, and the chain with the leaf in line <c>1.</c></summary>
internal static partial class PackageSignature
{
    private const string Issuer = "2. Developer ID Certification Authority";

    /// <summary>Whether macOS trusts it, the leaf is this team's Developer ID Installer certificate, and Apple's Developer ID authority issued that.</summary>
    public static bool IsBy(string teamId, CommandResult check)
    {
        var status = Status().Matches(check.Output);
        var chain = Certificate().Matches(check.Output).Select(match => match.Groups[1].Value).ToArray();
        return check.Succeeded
            && status is [var said] && !said.Groups[1].Value.Contains("untrusted", StringComparison.Ordinal)
            && chain is [var leaf, Issuer, ..]
            && Leaf().Match(leaf) is { Success: true } name && name.Groups[1].Value == teamId;
    }

    [GeneratedRegex(@"^\s*Status: (signed by [^\n]+)$", RegexOptions.Multiline)]
    private static partial Regex Status();

    [GeneratedRegex(@"^\s*(\d+\. [^\n]+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Certificate();

    [GeneratedRegex(@"^1\. Developer ID Installer: .*\(([^()]+)\)\z")]
    private static partial Regex Leaf();
}
