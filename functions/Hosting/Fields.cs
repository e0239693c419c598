using System.Text;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Hosting;

/// <summary>Checks of single members; each answers the problem, or null where the member is right.</summary>
internal static class Fields
{
    /// <summary>A required text of 1 to <paramref name="longest"/> UTF-16 units without control characters.</summary>
    public static Problem? Text(string field, string? value, int longest) =>
        string.IsNullOrWhiteSpace(value) ? Problem.InvalidRequest(field, "is required.") : OptionalText(field, value, longest);

    /// <summary>The same, but it may be absent.</summary>
    public static Problem? OptionalText(string field, string? value, int longest) => value switch
    {
        null => null,
        _ when value.Length > longest => Problem.InvalidRequest(field, $"must have at most {longest} characters."),
        _ when HasControlCharacter(value) => Problem.InvalidRequest(field, "must not contain control characters."),
        _ => null,
    };

    /// <summary>What makes two calls with the same content differ: 16–64 of <c>[A-Za-z0-9_-]</c>.</summary>
    public static Problem? Nonce(string? value) =>
        value is { Length: >= 16 and <= 64 } && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? null
            : Problem.InvalidRequest("nonce", "must be 16 to 64 random characters of A–Z, a–z, 0–9, _ and -.");

    /// <summary>A code of 1 to 64 lower-case letters, digits, hyphens and, where allowed, colons.</summary>
    public static Problem? Code(string field, string? value, bool colons = false) =>
        value is { Length: >= 1 and <= 64 }
        && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-' || (colons && c == ':'))
            ? null
            : Problem.InvalidRequest(field, "must be 1 to 64 lower-case letters, digits and hyphens.");

    /// <summary>A password: 1–511 bytes of UTF-8 (macOS cannot log in with more), no control characters.</summary>
    public static Problem? Password(string field, Secret? value)
    {
        const int LongestBytes = 511;
        return value switch
        {
            null or { Length: 0 } => Problem.InvalidRequest(field, "is required."),
            _ when value.Length > LongestBytes || Encoding.UTF8.GetByteCount(value.Reveal()) > LongestBytes =>
                Problem.InvalidRequest(field, $"must have at most {LongestBytes} bytes of UTF-8."),
            _ when HasControlCharacter(value.Reveal()) => Problem.InvalidRequest(field, "must not contain control characters."),
            _ => null,
        };
    }

    private static bool HasControlCharacter(string value) => value.Any(char.IsControl);
}
