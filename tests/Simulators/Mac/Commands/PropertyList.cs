using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;

namespace Prestage.Simulators.Mac.Commands;

/// <summary>XML property lists of strings, booleans, numbers, arrays and dictionaries; data and dates have no JSON form.</summary>
internal static class PropertyList
{
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };

    /// <exception cref="XmlException">It is not XML.</exception>
    /// <exception cref="FormatException">It holds what JSON cannot.</exception>
    public static JsonNode Read(string file) => Value(Top(file));

    /// <summary>The value of one key, whatever its neighbours hold; null where there is none.</summary>
    public static JsonNode? ReadValue(string file, string key) =>
        Top(file).Elements("key").FirstOrDefault(element => element.Value == key)?.ElementsAfterSelf().FirstOrDefault() is { } value
            ? Value(value)
            : null;

    private static XElement Top(string file)
    {
        using var reader = XmlReader.Create(file, Settings);
        return XDocument.Load(reader).Root is { Name.LocalName: "plist" } plist && plist.Elements().FirstOrDefault() is { } top
            ? top
            : throw new FormatException("no property list");
    }

    private static JsonNode Value(XElement element) => element.Name.LocalName switch
    {
        "string" => JsonValue.Create(element.Value),
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        "integer" => JsonValue.Create(long.Parse(element.Value, CultureInfo.InvariantCulture)),
        "real" => JsonValue.Create(double.Parse(element.Value, CultureInfo.InvariantCulture)),
        "array" => new JsonArray([.. element.Elements().Select(Value)]),
        "dict" => Dictionary(element),
        var other => throw new FormatException(other),
    };

    private static JsonObject Dictionary(XElement element)
    {
        var result = new JsonObject();
        string? key = null;
        foreach (var child in element.Elements())
        {
            if (child.Name.LocalName == "key")
            {
                key = child.Value;
            }
            else
            {
                result[key ?? throw new FormatException("a value without a key")] = Value(child);
                key = null;
            }
        }

        return result;
    }
}
