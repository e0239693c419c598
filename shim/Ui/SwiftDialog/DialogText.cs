namespace Prestage.Shim.Ui.SwiftDialog;

/// <summary>Makes texts safe for where swiftDialog shows them.</summary>
internal static class DialogText
{
    /// <summary>
    /// A value inside a message: every ASCII punctuation mark gets a backslash, which CommonMark shows as the mark itself. So nothing in a
    /// value is markup, HTML, or one of swiftDialog's own <c>&lt;br&gt;</c> and <c>{variables}</c>.
    /// </summary>
    public static string Markdown(string value) => string.Concat(value.Select(c => char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)) ? $"\\{c}" : $"{c}"));

    /// <summary>The rest of a command's line: one command is one line. No text ever goes into a list's command, which commas and colons would cut.</summary>
    public static string Command(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)).Trim();
}
