namespace Prestage.Shim.Settings;

/// <summary>What a setting's value is made of.</summary>
internal enum SettingKind
{
    /// <summary>A text that is not empty.</summary>
    Text,

    /// <summary>An https address.</summary>
    Address,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A dictionary of texts.</summary>
    Texts,
}

/// <summary>One setting: what the parser reads, and what profiles, manifests and docs/mac-settings.md are made from.</summary>
/// <param name="Name">The key; a dot leads into a dictionary.</param>
/// <param name="Title">A few words, for a profile editor's field.</param>
/// <param name="Description">Sentences for an admin; Markdown's code marks are allowed.</param>
internal sealed record SettingKey(string Name, SettingKind Kind, string Title, string Description)
{
    /// <summary>What a missing value means; null for none.</summary>
    public string? Default { get; init; }

    /// <summary>What is right, for the message on a missing value; null where the key may be left out.</summary>
    public string? Required { get; init; }

    /// <summary>Not for every eye: editors hide it, no message repeats it.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>The only values there are; empty for any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>A regular expression that every right value matches, for profile editors.</summary>
    public string? Pattern { get; init; }

    /// <summary>A right value, for the profile's template.</summary>
    public string? Example { get; init; }
}
