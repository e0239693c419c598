using System.Diagnostics.CodeAnalysis;

namespace Prestage;

/// <summary>
/// What a Mac says of itself in the weaker mode <c>Device:Trust=record</c> (docs/contract.md): which system it is. The organization's device
/// key goes with it in a header of its own, and proves no more than that the caller is one of the organization's Macs.
/// </summary>
/// <param name="SystemId">24 lower-case hex digits.</param>
internal sealed record RecordClaim(string SystemId)
{
    /// <summary>The scheme of the <c>Authorization</c> header.</summary>
    public const string Scheme = "JumpCloud-Record";

    /// <summary>The header of the device key.</summary>
    public const string KeyHeader = "X-Prestage-Key";

    /// <summary>What a right device key is.</summary>
    public const string KeyRule = "must have 32 to 256 random characters of printable ASCII without spaces, at least 10 of them different, such as openssl rand -base64 32 makes";

    private const string KeyPrefix = "system/";

    /// <summary>The value of the <c>Authorization</c> header.</summary>
    public string ToHeader() => $"{Scheme} keyId=\"{KeyPrefix}{SystemId}\"";

    /// <summary>Reads the value of an <c>Authorization</c> header; every other shape than <see cref="ToHeader"/> writes is refused.</summary>
    public static bool TryParse(string? header, [NotNullWhen(true)] out RecordClaim? claim)
    {
        claim = header?.Split('"') is [_, var keyId, _] && keyId.StartsWith(KeyPrefix, StringComparison.Ordinal)
            ? new(keyId[KeyPrefix.Length..])
            : null;
        claim = claim is not null && DeviceProof.IsSystemId(claim.SystemId) && claim.ToHeader() == header ? claim : null;
        return claim is not null;
    }

    /// <summary>Whether a text can be a device key: long enough, not one letter over and over, and fit for a header.</summary>
    public static bool IsKey(string text) =>
        text.Length is >= 32 and <= 256 && text.All(c => c is > ' ' and <= '~') && text.Distinct().Count() >= 10;
}
