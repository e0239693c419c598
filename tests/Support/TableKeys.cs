namespace Prestage.Tests.Support;

/// <summary>What the table service takes as a key (learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model).</summary>
internal static class TableKeys
{
    public static bool IsGood(string key) =>
        key.Length <= 1024 && !key.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c)) && !HasHalfPair(key);

    /// <summary>Whether the text has half a surrogate pair: it has no UTF-8, so that every such key would become the same one on the way.</summary>
    public static bool HasHalfPair(string text) => text.Where((c, i) => char.IsHighSurrogate(c)
        ? i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])
        : char.IsLowSurrogate(c) && (i == 0 || !char.IsHighSurrogate(text[i - 1]))).Any();
}
