using System.Globalization;
using System.Text.Json.Nodes;

namespace Prestage.Tests.Infra;

/// <summary>Ways through JSON whose shape is not known beforehand.</summary>
internal static class Json
{
    /// <summary>All texts at and below a node.</summary>
    public static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject properties => properties.SelectMany(property => Texts(property.Value)),
        JsonArray items => items.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    /// <summary>The names of all properties at and below a node.</summary>
    public static IEnumerable<string> Names(JsonNode? node) => node switch
    {
        JsonObject properties => properties.SelectMany(property => Names(property.Value).Prepend(property.Key)),
        JsonArray items => items.SelectMany(Names),
        _ => [],
    };

    /// <summary>The JSON text of the value at a path such as <c>properties/httpsOnly</c>; null where there is none.</summary>
    public static string? At(JsonNode node, string path) => Find(node, path)?.ToJsonString();

    /// <summary>The text at a path such as <c>properties/groupIds/0</c>; null where there is none.</summary>
    public static string? Text(JsonNode node, string path) => (string?)Find(node, path);

    private static JsonNode? Find(JsonNode node, string path) => path.Split('/').Aggregate((JsonNode?)node, (at, name) => at switch
    {
        JsonObject properties => properties[name],
        JsonArray items => items[int.Parse(name, CultureInfo.InvariantCulture)],
        _ => null,
    });
}
