namespace Prestage.Shim.Mac;

/// <summary>
/// Attributes as <c>dscl . -read</c> prints them: <c>Key: value</c>, or the value on the next line after a blank where it has spaces
/// (DSTools, dscl.m). Native attributes come with the prefix <c>dsAttrTypeNative:</c>, which is dropped.
/// </summary>
internal static class DsclRecord
{
    private const string NativePrefix = "dsAttrTypeNative:";

    public static IReadOnlyDictionary<string, string> Parse(string output)
    {
        Dictionary<string, string> attributes = [];
        string? open = null;
        foreach (var line in output.Split('\n'))
        {
            if (line.StartsWith(' ') && open is not null)
            {
                attributes[open] = attributes[open].Length == 0 ? line[1..] : $"{attributes[open]}\n{line[1..]}";
                continue;
            }

            var text = line.StartsWith(NativePrefix, StringComparison.Ordinal) ? line[NativePrefix.Length..] : line;
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            open = colon > 0 ? text[..colon] : null;
            if (open is not null)
            {
                attributes[open] = text[(colon + 1)..].Trim();
            }
        }

        return attributes;
    }
}
