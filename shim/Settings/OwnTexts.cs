using Prestage.Shim.Languages;

namespace Prestage.Shim.Settings;

/// <summary>The organization's own sentences, key by key.</summary>
internal static class OwnTexts
{
    /// <summary>Texts with a wrong key or placeholder are left out and reported.</summary>
    public static IReadOnlyDictionary<string, string> Read(IEnumerable<(string Name, string Text)> texts, SettingsValues values)
    {
        var english = LanguageFiles.Read(LanguageFiles.Complete);
        var own = new Dictionary<string, string>();
        foreach (var (name, text) in texts)
        {
            if (!english.TryGetValue(name, out var original))
            {
                values.Wrong(SettingKeys.Texts, $"has {name}, which is no key of shim/Languages/en.json");
                continue;
            }

            var allowed = Texts.Placeholders(original).ToArray();
            if (Texts.Placeholders(text).Except(allowed).FirstOrDefault() is { } unknown)
            {
                values.Wrong(SettingKeys.Texts, $"has {{{unknown}}} in {name}; {Describe(allowed)}");
                continue;
            }

            own[name] = text;
        }

        return own;
    }

    private static string Describe(string[] allowed) =>
        allowed.Length == 0 ? "it can have no placeholder" : $"it can have {string.Join(", ", allowed.Select(name => $"{{{name}}}"))}";
}
