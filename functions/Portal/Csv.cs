using System.Text.RegularExpressions;

namespace Prestage.Functions.Portal;

/// <summary>Lines of a file for spreadsheets (RFC 4180). Everything that goes into such a file goes through here.</summary>
internal static partial class Csv
{
    /// <summary>One line with its end; null is an empty cell.</summary>
    public static string Line(IEnumerable<string?> cells) => $"{string.Join(',', cells.Select(Cell))}\r\n";

    private static string Cell(string? value)
    {
        var text = FormulaBegins().Replace(value ?? string.Empty, "'");
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    // A name that begins like a formula is one to a spreadsheet (OWASP, CSV Injection), which may divide a line by semicolons or tabs.
    [GeneratedRegex(@"(?<=^|[;\t\r\n])(?=[=+\-@])|^(?=[\t\r\n])")]
    private static partial Regex FormulaBegins();
}
