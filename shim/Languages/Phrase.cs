namespace Prestage.Shim.Languages;

/// <summary>A sentence for the person by its key, with the values for its placeholders: <see cref="Texts"/> puts it into words.</summary>
internal sealed record Phrase(string Key, IReadOnlyList<(string Name, string Value)> Values);
