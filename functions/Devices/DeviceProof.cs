using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Prestage;

/// <summary>
/// The proof that a Mac holds its JumpCloud system key and means this very call (docs/contract.md): the Mac signs a read of its own
/// system record, as JumpCloud's System Context API defines it, with a query that binds the signature to method, path and body.
/// </summary>
/// <param name="SystemId">24 lower-case hex digits.</param>
/// <param name="Date">RFC 1123, exactly as signed.</param>
/// <param name="Signature">Standard base64 of an RSA-SHA256 (PKCS#1 v1.5) signature.</param>
internal sealed record DeviceProof(string SystemId, string Date, string Signature)
{
    /// <summary>The scheme of the <c>Authorization</c> header.</summary>
    public const string Scheme = "JumpCloud-System";

    /// <summary>base64url (no padding) of SHA-256 over <c>METHOD path LF body</c>.</summary>
    public static string Binding(string method, string path, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{method} {path}\n"));
        hash.AppendData(body);
        return Base64Url.EncodeToString(hash.GetHashAndReset());
    }

    /// <summary>Path and query of the signed read; without <paramref name="binding"/> where the setting <c>Device:ProofBinding</c> is <c>none</c>.</summary>
    public static string PathAndQuery(string systemId, string? binding) =>
        binding is null ? $"/api/systems/{systemId}" : $"/api/systems/{systemId}?binding={binding}";

    /// <summary>The bytes that are signed: request line, LF, date header, no newline at the end.</summary>
    public static byte[] SignedBytes(string systemId, string? binding, string date) =>
        Encoding.UTF8.GetBytes($"GET {PathAndQuery(systemId, binding)} HTTP/1.1\ndate: {date}");

    /// <summary>Signs one call with the system's private key.</summary>
    public static DeviceProof Sign(RSA key, string systemId, string? binding, DateTimeOffset now)
    {
        var date = now.ToString("r", CultureInfo.InvariantCulture);
        var signature = key.SignData(SignedBytes(systemId, binding, date), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return new DeviceProof(systemId, date, Convert.ToBase64String(signature));
    }

    /// <summary>The value of the <c>Authorization</c> header.</summary>
    public string ToHeader() => $"{Scheme} keyId=\"system/{SystemId}\",date=\"{Date}\",signature=\"{Signature}\"";

    /// <summary>Reads the value of an <c>Authorization</c> header; every other shape than <see cref="ToHeader"/> writes is refused.</summary>
    public static bool TryParse(string? header, [NotNullWhen(true)] out DeviceProof? proof)
    {
        proof = null;
        const int LongestHeader = 2048;
        const string KeyPrefix = "system/";
        if (header is not { Length: <= LongestHeader } || header.Split('"') is not [_, var keyId, _, var date, _, var signature, _]
            || !keyId.StartsWith(KeyPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        // One spelling only: used proofs are known by their text, so another spelling of the same signature would be another use.
        var shown = new DeviceProof(keyId[KeyPrefix.Length..], date, signature);
        if (shown.ToHeader() != header || !IsSystemId(shown.SystemId) || !IsSignature(signature)
            || !DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            || time.ToString("r", CultureInfo.InvariantCulture) != date)
        {
            return false;
        }

        proof = shown;
        return true;
    }

    /// <summary>The signed time.</summary>
    public DateTimeOffset SignedAt() =>
        DateTimeOffset.ParseExact(Date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>Whether the text is a JumpCloud object id in the form that JumpCloud itself writes: 24 lower-case hex digits.</summary>
    public static bool IsSystemId(string text) =>
        text.Length == 24 && text.All(char.IsAsciiHexDigitLower);

    // RSA keys of 1024 to 4096 bits; the agent's are 2048. The last digit's unused bits are zero: .NET and others read over them.
    private static bool IsSignature(string text)
    {
        Span<byte> bytes = stackalloc byte[513];
        return Convert.TryFromBase64String(text, bytes, out var length) && length is >= 128 and <= 512
            && Convert.ToBase64String(bytes[..length]) == text;
    }
}
