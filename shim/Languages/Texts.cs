using System.Text.RegularExpressions;

namespace Prestage.Shim.Languages;

/// <summary>Puts phrases into one language: the organization's own texts first, then the language's file, then English, key by key.</summary>
internal sealed partial class Texts
{
    private const char FirstStrongIsolate = '\u2068';
    private const char PopIsolate = '\u2069';
    private readonly Dictionary<string, string> texts;

    private Texts(string language, Dictionary<string, string> texts) => (Language, this.texts) = (language, texts);

    /// <summary>Tag of the language, such as <c>de</c>.</summary>
    public string Language { get; }

    /// <summary>The first wanted language that there is a file for (<c>de-AT</c> finds <c>de</c>), else English.</summary>
    public static Texts Choose(IEnumerable<string> wanted, IReadOnlyDictionary<string, string> own)
    {
        var language = wanted.Select(Find).FirstOrDefault(found => found is not null) ?? LanguageFiles.Complete;
        var texts = new Dictionary<string, string>(LanguageFiles.Read(LanguageFiles.Complete));
        foreach (var (key, text) in LanguageFiles.Read(language).Concat(own))
        {
            texts[key] = text;
        }

        return new Texts(language, texts);
    }

    /// <summary>The names between braces.</summary>
    public static IEnumerable<string> Placeholders(string text) => Placeholder().Matches(text).Select(match => match.Groups[1].Value);

    /// <summary>
    /// The sentence in words. Each value stands in a directional isolate of its own, so that a name written from right to left leaves
    /// the sentence around it in order, and has no control characters left; <paramref name="escape"/> makes it safe for where it is shown.
    /// </summary>
    public string Of(Phrase phrase, Func<string, string>? escape = null) => Placeholder().Replace(texts[phrase.Key], match =>
    {
        var value = Clean(phrase.Values.First(pair => pair.Name == match.Groups[1].Value).Value);
        return $"{FirstStrongIsolate}{(escape is null ? value : escape(value))}{PopIsolate}";
    });

    private static string? Find(string wanted)
    {
        for (var tag = wanted; tag.Length > 0; tag = tag.LastIndexOf('-') is > 0 and var cut ? tag[..cut] : string.Empty)
        {
            if (LanguageFiles.Tags.FirstOrDefault(known => string.Equals(known, tag, StringComparison.OrdinalIgnoreCase)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    // A value must not end its own isolate or turn the text around it.
    private static string Clean(string value) => string.Concat(value.Select(c => char.IsControl(c) ? ' ' : c).Where(c => !Directional(c)));

    private static bool Directional(char c) => c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    [GeneratedRegex(@"\{([A-Za-z]+)\}")]
    private static partial Regex Placeholder();
}
