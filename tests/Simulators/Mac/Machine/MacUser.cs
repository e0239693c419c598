using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Prestage.Simulators.Mac.Machine;

/// <summary>One record of the simulated local directory. The password is there as a digest only, and is left out of JSON.</summary>
internal sealed record MacUser
{
    /// <summary>A record that <c>dscl -create</c> made by setting one attribute has no uid.</summary>
    public const int NoUid = int.MinValue;

    public required string ShortName { get; init; }

    public required int Uid { get; init; }

    public int Gid { get; init; } = 20;

    public string FullName { get; init; } = string.Empty;

    public string Home { get; init; } = string.Empty;

    public string Shell { get; init; } = "/bin/zsh";

    public string GeneratedUid { get; init; } = string.Empty;

    public bool SecureToken { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>The directory's user id where the agent has taken the account over.</summary>
    public string? ManagedBy { get; init; }

    /// <summary>The password was reset without the old one while a token was held: login works, FileVault's pre-boot does not.</summary>
    public bool CryptoPasswordStale { get; init; }

    /// <summary>Further attributes as <c>dscl</c> set them, <c>IsHidden</c> among them.</summary>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    [JsonIgnore]
    public PasswordDigest? Password { get; init; }

    public bool Managed => ManagedBy is not null;

    public bool IsHidden => Attributes.GetValueOrDefault("IsHidden")?.ToUpperInvariant() is "1" or "YES" or "TRUE";

    /// <summary>A person's account, not the system's own.</summary>
    public bool IsPerson => Uid >= 501 && !ShortName.StartsWith('_');
}
