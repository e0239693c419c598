using FsCheck;
using FsCheck.Fluent;

namespace Prestage.Tests.Fuzz;

/// <summary>Texts as someone would choose them who wants to be taken for something else.</summary>
internal static class Hostile
{
    private static readonly string[] Pieces =
    [
        "'", "''", "\"", "\\", "\\\\", "`", ":", "::", ";", ",", ".", ".*", "^", "$", "|", "(", ")", "[", "]", "{", "}", "?", "+", "-", "/", "#", "%", "&", "=", "<", ">", "~", "@", "!", "_",
        "{\"$ne\":\"\"}", "{\"$gt\":\"\"}", "$regex", "$where", "[$ne]=", "email:$eq:anna@example.com", "\",\"email\":\"anna@example.com", "(?i)", "(?i)^.*$", "\\E.*\\Q",
        "' or 1 eq 1 or '", "' or PartitionKey ge '", "')", "',RowKey='", "%27", "%00", "%2e%2e", "..", "\\u0000", "&#39;",
        "\0", "\t", "\n", "\r\n", "\u0085", "\u00a0", "\u200b", "\u200d", "\u202e", "\u2028", "\ufeff", "\ufffd", "\uffff",
        "\u0430nna", "\uff41nna", "\u0131", "\u0130", "\u017f", "\u00df", "\u1e9e", "\u212a", "\u03c2", "\u03c3", "\u03a3", "\u00b5", "\u03bc", "e\u0301", "\u00e9", "\uff07", "\u2019", "\u01c4", "\u01c5",
        "\ud83d\ude00", "\ud83d", "\ude00", "\ud835\udc1a",
        "anna", "ANNA", "anna@example.com", "Anna@Example.COM", "example", " ", "  ", "a", "Z", "0", "null", "true", "system/",
    ];

    /// <summary>One piece, a short run of any characters, or a long run of one.</summary>
    private static Gen<string> Piece => Gen.Frequency<string>(
        (8, Gen.Elements(Pieces)),
        (2, Gen.Choose(0, char.MaxValue).Select(c => ((char)c).ToString())),
        (2, Gen.Choose(' ', '~').Select(c => ((char)c).ToString())),
        (1, Gen.Zip(Gen.Elements(Pieces), Gen.Elements(2, 17, 255, 300)).Select(pair => string.Concat(Enumerable.Repeat(pair.Item1, pair.Item2)))));

    /// <summary>Any text, half surrogate pairs included; now and then the empty one.</summary>
    public static Gen<string> Text => Gen.Choose(0, 6).SelectMany(length => Piece.ArrayOf(length)).Select(string.Concat);

    /// <summary>A valid text with a few changes: something put in, left out, doubled, exchanged or turned.</summary>
    public static Gen<string> Mutated(Gen<string> valid) => Gen.Choose(0, 3).SelectMany(times => Mutated(valid, times));

    /// <summary>Any bytes.</summary>
    public static Gen<byte[]> Bytes => Gen.Elements(0, 1, 2, 7, 64, 700).SelectMany(length => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length));

    private static Gen<string> Mutated(Gen<string> text, int times) => times == 0 ? text : Mutated(
        from whole in text
        from at in Gen.Choose(0, whole.Length)
        from length in Gen.Choose(0, Math.Min(4, whole.Length - at))
        from piece in Piece
        from how in Gen.Choose(0, 6)
        select how switch
        {
            0 => whole.Insert(at, piece),
            1 => whole.Remove(at, length),
            2 => whole.Insert(at, whole.Substring(at, length)),
            3 => string.Concat(whole.AsSpan(0, at), piece, whole.AsSpan(at + length)),
            4 => string.Concat(whole.AsSpan(0, at), whole.Substring(at, length).ToUpperInvariant(), whole.AsSpan(at + length)),
            5 => Turn(whole, at),
            _ => whole[..at],
        }, times - 1);

    // The next character of the code table: the smallest change there is.
    private static string Turn(string text, int at) => at == text.Length ? text : $"{text[..at]}{(char)(text[at] + 1)}{text[(at + 1)..]}";
}
