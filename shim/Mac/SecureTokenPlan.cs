using System.Text.RegularExpressions;

namespace Prestage.Shim.Mac;

/// <summary>Who holds a Secure Token now, and whether macOS will grant the next one by itself. Read from the Mac alone: an MDM's name says nothing about it.</summary>
/// <param name="Holders">Short names of accounts that are crypto users of the volume.</param>
/// <param name="Escrowed">Whether the MDM has the Bootstrap Token; null where <c>profiles</c> did not say.</param>
internal sealed partial record SecureTokenPlan(IReadOnlyList<string> Holders, bool? Escrowed, FileVaultState FileVault)
{
    private const string ServiceAccountName = "_jumpcloudserviceaccount";

    /// <summary>JumpCloud's service account holds a token, and gives one to whom the agent manages.</summary>
    public bool HasServiceAccount => Holders.Contains(ServiceAccountName);

    /// <summary>For the log, with no more than names.</summary>
    public string Describe() =>
        $"held by {(Holders.Count > 0 ? string.Join(", ", Holders) : "nobody")}; Bootstrap Token {EscrowWord()}; FileVault {FileVault.ToString().ToLowerInvariant()}";

    /// <summary><c>profiles status -type bootstraptoken</c>: <c>escrowed to server: YES</c>. No MDM, or none that supports it, has other sentences.</summary>
    public static bool? ParseEscrowed(string said) =>
        Escrow().Match(said) is { Success: true } match ? match.Groups[1].Value.Equals("YES", StringComparison.OrdinalIgnoreCase)
            : Unsupported().IsMatch(said) ? false
            : null;

    /// <summary><c>fdesetup status</c>.</summary>
    public static FileVaultState ParseFileVault(string said) =>
        said.Contains("FileVault is On.", StringComparison.Ordinal) ? FileVaultState.On
            : said.Contains("Deferred enablement appears to be active", StringComparison.Ordinal) ? FileVaultState.Deferred
            : said.Contains("FileVault is Off.", StringComparison.Ordinal) ? FileVaultState.Off
            : FileVaultState.Unknown;

    private string EscrowWord() => Escrowed switch { true => "escrowed", false => "not escrowed", null => "unknown" };

    [GeneratedRegex(@"escrowed to server:\s*(YES|NO)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Escrow();

    [GeneratedRegex(@"Bootstrap Token (supported on server:\s*NO\b|(functionality )?is not supported)", RegexOptions.IgnoreCase)]
    private static partial Regex Unsupported();
}

/// <summary>FileVault as <c>fdesetup</c> tells it.</summary>
internal enum FileVaultState
{
    /// <summary>It did not say.</summary>
    Unknown,

    /// <summary>Off, and nobody asked for it.</summary>
    Off,

    /// <summary>Off until a login or logout: a profile forces it then.</summary>
    Deferred,

    /// <summary>On: the volume asks for a password of its users before macOS starts.</summary>
    On,
}
