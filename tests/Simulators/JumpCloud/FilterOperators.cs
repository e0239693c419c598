using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Prestage.Simulators.JumpCloud;

/// <summary>Equality and the MongoDB operators on one field of a document. Equality and <c>$regex</c> mind case unless the pattern says <c>(?i)</c>.</summary>
internal static class FilterOperators
{
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);

    /// <summary>The condition of an object filter: a value to equal, or an object of operators that all have to hold.</summary>
    public static Func<JsonElement, string, bool> Parse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.EnumerateObject().Any(member => member.Name.StartsWith('$')))
        {
            return OnValues(found => Same(found, value), missing: value.ValueKind == JsonValueKind.Null);
        }

        var members = SearchFilter.LastOfEach(value);
        var ignoreCase = members.Remove("$options", out var flags) && flags.ToString().Contains('i');
        var tests = members.Select(member => Operator(member.Key, member.Value, ignoreCase)).ToArray();
        return (document, field) => Array.TrueForAll(tests, test => test(document, field));
    }

    /// <summary>The condition of a <c>"field:$op:value"</c> string. Left-out <c>$</c> is documented as undefined, and refused here.</summary>
    public static Func<JsonElement, string, bool> ParseText(string name, string value) => name switch
    {
        "$eq" => OnValues(found => AsText(found) == value, missing: value == "null"),
        "$ne" => Not(OnValues(found => AsText(found) == value, missing: value == "null")),
        "$gt" or "$gte" or "$lt" or "$lte" => OnValues(found => Ordered(name, CompareText(found, value)), missing: false),
        "$regex" => OnValues(Matches(Slashed(value)), missing: false),
        "$in" => OnValues(found => value.Split(',').Contains(AsText(found)), missing: false),
        _ => throw SearchFilter.Malformed(),
    };

    private static Func<JsonElement, string, bool> Operator(string name, JsonElement value, bool ignoreCase) => name switch
    {
        "$eq" => OnValues(found => Same(found, value), missing: value.ValueKind == JsonValueKind.Null),
        "$ne" => Not(OnValues(found => Same(found, value), missing: value.ValueKind == JsonValueKind.Null)),
        "$gt" or "$gte" or "$lt" or "$lte" =>
            OnValues(found => found.ValueKind == value.ValueKind && Ordered(name, Compare(found, value)), missing: false),
        "$in" when value.ValueKind == JsonValueKind.Array =>
            OnValues(found => value.EnumerateArray().Any(one => Same(found, one)), missing: false),
        "$regex" when value.ValueKind == JsonValueKind.String =>
            OnValues(Matches(Pattern(value.GetString()!, ignoreCase)), missing: false),
        _ => throw SearchFilter.Malformed(),
    };

    // A field that is an array fits when one of its elements does; dots go into objects.
    private static Func<JsonElement, string, bool> OnValues(Func<JsonElement, bool> test, bool missing) => (document, field) =>
    {
        foreach (var step in field.Split('.'))
        {
            if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty(step, out document))
            {
                return missing;
            }
        }

        return document.ValueKind switch
        {
            JsonValueKind.Null => missing,
            JsonValueKind.Array => document.EnumerateArray().Any(test),
            _ => test(document),
        };
    };

    private static Func<JsonElement, string, bool> Not(Func<JsonElement, string, bool> test) => (document, field) => !test(document, field);

    private static bool Same(JsonElement found, JsonElement value) => JsonElement.DeepEquals(found, value);

    private static string AsText(JsonElement found) => found.ValueKind == JsonValueKind.String ? found.GetString()! : found.GetRawText();

    private static int Compare(JsonElement found, JsonElement value) => found.ValueKind == JsonValueKind.Number
        ? found.GetDouble().CompareTo(value.GetDouble()) : string.CompareOrdinal(AsText(found), AsText(value));

    private static int CompareText(JsonElement found, string value) =>
        found.ValueKind == JsonValueKind.Number && double.TryParse(value, CultureInfo.InvariantCulture, out var number)
            ? found.GetDouble().CompareTo(number) : string.CompareOrdinal(AsText(found), value);

    private static bool Ordered(string name, int order) => name switch
    {
        "$gt" => order > 0,
        "$gte" => order >= 0,
        "$lt" => order < 0,
        _ => order <= 0,
    };

    private static Func<JsonElement, bool> Matches(Regex regex) => found => found.ValueKind == JsonValueKind.String && regex.IsMatch(found.GetString()!);

    // The string form may be written /pattern/i.
    private static Regex Slashed(string text)
    {
        var last = text.LastIndexOf('/');
        return text.StartsWith('/') && last > 0 ? Pattern(text[1..last], text[(last + 1)..].Contains('i')) : Pattern(text, false);
    }

    private static Regex Pattern(string pattern, bool ignoreCase)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None), LongestMatch);
        }
        catch (RegexParseException)
        {
            throw SearchFilter.Malformed();
        }
    }
}
