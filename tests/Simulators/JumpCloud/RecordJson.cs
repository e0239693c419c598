using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Prestage.Simulators.JumpCloud;

/// <summary>Reads immutable records whose left-out members keep their values; a source-generated reader by itself would make them null or zero.</summary>
internal static class RecordJson
{
    /// <summary>The record with the given members replaced; members that it does not have are ignored.</summary>
    /// <exception cref="JsonException">A member has the wrong type.</exception>
    public static T With<T>(this JsonTypeInfo<T> type, T record, IEnumerable<KeyValuePair<string, JsonElement>> members)
    {
        var document = JsonSerializer.SerializeToNode(record, type)!.AsObject();
        foreach (var (name, value) in members)
        {
            document[name] = Search.Node(value);
        }

        return document.Deserialize(type)!;
    }

    /// <summary>A record read from an object, over its defaults.</summary>
    /// <exception cref="JsonException">A member has the wrong type.</exception>
    public static T Read<T>(this JsonTypeInfo<T> type, T defaults, JsonElement element) => type.With(defaults, SearchFilter.LastOfEach(element));
}
