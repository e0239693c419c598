using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prestage.Shim.Languages;

/// <summary>The language files in this program: <c>shim/Languages/&lt;tag&gt;.json</c>, key and text.</summary>
internal static class LanguageFiles
{
    /// <summary>The language that has every key; others may lack some.</summary>
    public const string Complete = "en";

    private const string Prefix = "language:";

    /// <summary>The tags of all files, such as <c>de</c>.</summary>
    public static IReadOnlyList<string> Tags { get; } =
    [
        .. typeof(LanguageFiles).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The texts of one of <see cref="Tags"/>.</summary>
    public static IReadOnlyDictionary<string, string> Read(string tag)
    {
        using var file = typeof(LanguageFiles).Assembly.GetManifestResourceStream(Prefix + tag)
            ?? throw new ArgumentException($"There is no language {tag}.", nameof(tag));
        return JsonSerializer.Deserialize(file, LanguageJson.Default.DictionaryStringString)!;
    }
}

/// <summary>JSON of a language file.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class LanguageJson : JsonSerializerContext;
