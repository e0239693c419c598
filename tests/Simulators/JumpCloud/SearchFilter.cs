using System.Text.Json;

namespace Prestage.Simulators.JumpCloud;

/// <summary>
/// The <c>filter</c> of a V1 search in every shape that is in use: an array of objects or of <c>"field:$op:value"</c> strings, an object
/// of conditions, and <c>{"and":[…]}</c> / <c>{"or":[…]}</c>. Of a key given twice the last one counts, as JSON parsers have it.
/// </summary>
internal static class SearchFilter
{
    /// <summary>Compiles a filter.</summary>
    /// <exception cref="ApiRefusal">400: not a filter.</exception>
    public static Func<JsonElement, bool> Parse(JsonElement filter) => filter.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => _ => true,
        JsonValueKind.Array => All(filter.EnumerateArray().Select(Parse)),
        JsonValueKind.Object => All(LastOfEach(filter).Select(member => ParseMember(member.Key, member.Value))),
        JsonValueKind.String => ParseText(filter.GetString()!),
        _ => throw Malformed(),
    };

    /// <summary>The <c>searchFilter</c>: any term as a part of any of the fields, case ignored.</summary>
    public static Func<JsonElement, bool> ParseFuzzy(JsonElement searchFilter)
    {
        if (searchFilter.ValueKind != JsonValueKind.Object)
        {
            return _ => true;
        }

        var terms = searchFilter.TryGetProperty("searchTerm", out var term) ? Strings(term) : [];
        var fields = searchFilter.TryGetProperty("fields", out var names) ? Strings(names) : [];
        return document => terms.Count == 0 || fields.Any(field => document.TryGetProperty(field, out var value)
            && value.ValueKind == JsonValueKind.String
            && terms.Any(wanted => value.GetString()!.Contains(wanted, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>A string or an array of strings.</summary>
    public static List<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => [.. element.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Malformed())],
        _ => throw Malformed(),
    };

    private static Func<JsonElement, bool> ParseMember(string name, JsonElement value) => name switch
    {
        "and" or "$and" when value.ValueKind == JsonValueKind.Array => All(value.EnumerateArray().Select(Parse)),
        "or" or "$or" when value.ValueKind == JsonValueKind.Array => Any(value.EnumerateArray().Select(Parse)),
        _ when name.StartsWith('$') => throw Malformed(),
        _ => Condition(name, value),
    };

    private static Func<JsonElement, bool> Condition(string field, JsonElement value)
    {
        var test = FilterOperators.Parse(value);
        return document => test(document, field);
    }

    // Colons are split twice only: a value may hold more of them.
    private static Func<JsonElement, bool> ParseText(string text)
    {
        var parts = text.Split(':', 3);
        if (parts.Length != 3 || parts[0].Length == 0)
        {
            throw Malformed();
        }

        var test = FilterOperators.ParseText(parts[1], parts[2]);
        return document => test(document, parts[0]);
    }

    private static Func<JsonElement, bool> All(IEnumerable<Func<JsonElement, bool>> tests)
    {
        var all = tests.ToArray();
        return document => Array.TrueForAll(all, test => test(document));
    }

    private static Func<JsonElement, bool> Any(IEnumerable<Func<JsonElement, bool>> tests)
    {
        var all = tests.ToArray();
        return document => Array.Exists(all, test => test(document));
    }

    internal static Dictionary<string, JsonElement> LastOfEach(JsonElement element)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            members[member.Name] = member.Value;
        }

        return members;
    }

    internal static ApiRefusal Malformed() => new(400, "Bad Request: invalid filter");
}
