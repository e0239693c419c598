using System.Text;

namespace Prestage.Shim.Backend;

/// <summary>
/// Makes what tools, the directory and other servers say fit for the service, which refuses control characters and long texts
/// (functions/Hosting/Fields.cs).
/// </summary>
internal static class WireText
{
    private const string Nothing = "(no text)";
    private const string LineSeparator = " | ";
    private const string Gap = " … ";
    private const int LongestCode = 64;

    /// <summary>
    /// One line: lines are joined by <c>|</c>, other control characters become blanks. A text that is too long loses its middle, as tools name the
    /// cause at the end.
    /// </summary>
    /// <param name="longest">In UTF-16 units.</param>
    public static string Line(string text, int longest)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').Select(Clean).Where(line => line.Length > 0);
        var joined = string.Join(LineSeparator, lines);
        return joined.Length == 0 ? Nothing : joined.Length <= longest ? joined : Shorten(joined, longest);
    }

    /// <summary>A code of 1 to 64 small letters, digits, hyphens and colons; what is anything else becomes a hyphen.</summary>
    public static string Code(string text)
    {
        var small = text.ToLowerInvariant();
        var code = string.Concat(small.Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or ':' ? c : '-'));
        return code.Length == 0 ? "unknown" : code[..Math.Min(code.Length, LongestCode)];
    }

    private static string Clean(string line)
    {
        var clean = new StringBuilder(line.Length);
        foreach (var rune in line.EnumerateRunes())
        {
            // A half of a pair comes as U+FFFD.
            clean.Append(Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 ? " " : rune.ToString());
        }

        return clean.ToString().Trim();
    }

    private static string Shorten(string text, int longest)
    {
        var head = longest / 3;
        var tail = text.Length - (longest - head - Gap.Length);
        head -= char.IsHighSurrogate(text[head - 1]) ? 1 : 0;
        tail += char.IsLowSurrogate(text[tail]) ? 1 : 0;
        return string.Concat(text.AsSpan(0, head), Gap, text.AsSpan(tail));
    }
}
