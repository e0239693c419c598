using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.JumpCloud;

/// <summary>A V1 list or search over documents: filter, sort, page, fields; answers <c>{results,totalCount}</c> in no order of properties.</summary>
internal static class Search
{
    // Settable and real, but not in the published specification: it comes back only to those who ask for it.
    private static readonly string[] OnRequest = ["systemUsername"];

    /// <summary>POST /api/search/…: the body, with limit, skip, sort and fields also taken from the query.</summary>
    public static Answer Run(ApiCall call, IEnumerable<JsonElement> documents)
    {
        if (call.Body.ValueKind != JsonValueKind.Object)
        {
            throw new ApiRefusal(400, "Bad Request: body must be an object");
        }

        return PageOf(call, documents.Where(SearchFilter.Parse(call.Member("filter"))).Where(SearchFilter.ParseFuzzy(call.Member("searchFilter"))));
    }

    /// <summary>GET list: <c>filter=field:$op:value</c> once or more, <c>filter[0]=…</c> (all of them) and <c>filter[or][0]=…</c> (any).</summary>
    public static Answer List(ApiCall call, IEnumerable<JsonElement> documents)
    {
        var any = call.Query.Where(pair => pair.Key.StartsWith("filter[or]", StringComparison.Ordinal)).SelectMany(pair => pair.Value).ToList();
        var all = call.Query.Where(pair => pair.Key == "filter" || (pair.Key.StartsWith("filter[", StringComparison.Ordinal)
            && !pair.Key.StartsWith("filter[or]", StringComparison.Ordinal))).SelectMany(pair => pair.Value).ToList();
        var anyTests = any.ConvertAll(Test);
        var allTests = all.ConvertAll(Test);
        return PageOf(call, documents.Where(document =>
            allTests.TrueForAll(test => test(document)) && (anyTests.Count == 0 || anyTests.Exists(test => test(document)))));

        static Func<JsonElement, bool> Test(string? text) => SearchFilter.Parse(JsonSerializer.SerializeToElement(text, TenantJson.Default.String));
    }

    /// <summary>A document as one object answers it: <c>fields</c> of the query, else everything that is published.</summary>
    public static JsonObject Project(JsonElement document, IReadOnlyCollection<string> fields)
    {
        var members = document.EnumerateObject()
            .Where(member => member.Name == "_id" || (fields.Count > 0 ? fields.Contains(member.Name) : !OnRequest.Contains(member.Name)))
            .ToArray();
        RandomNumberGenerator.Shuffle(members.AsSpan());
        return new JsonObject(members.Select(member => KeyValuePair.Create(member.Name, Node(member.Value))));
    }

    /// <summary>The fields that a call asks for, in the body (string or array) or the query.</summary>
    public static List<string> FieldsOf(ApiCall call)
    {
        var asked = call.Member("fields");
        var texts = asked.ValueKind == JsonValueKind.Undefined ? [.. call.Query["fields"].OfType<string>()] : SearchFilter.Strings(asked);
        return [.. texts.SelectMany(text => text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))];
    }

    private static Answer PageOf(ApiCall call, IEnumerable<JsonElement> matching)
    {
        const int DefaultLimit = 10;
        var found = Sorted(matching, call.Text("sort") ?? call.Query["sort"].ToString()).ToList();
        var limit = Math.Min(NumberOf(call, "limit", DefaultLimit), call.Options.SearchMaxLimit);
        var fields = FieldsOf(call);
        var page = found.Skip(NumberOf(call, "skip", 0)).Take(limit == 0 ? DefaultLimit : limit);
        var members = new KeyValuePair<string, JsonNode?>[]
        {
            new("results", new JsonArray([.. page.Select(document => Project(document, fields))])),
            new("totalCount", found.Count),
        };
        RandomNumberGenerator.Shuffle(members.AsSpan());
        return Answer.Ok(new JsonObject(members));
    }

    private static IEnumerable<JsonElement> Sorted(IEnumerable<JsonElement> documents, string sort)
    {
        IOrderedEnumerable<JsonElement>? sorted = null;
        foreach (var key in sort.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            var field = key.TrimStart('-');
            string Text(JsonElement document) => document.TryGetProperty(field, out var value) ? value.ToString() : "";
            sorted = (sorted, key.StartsWith('-')) switch
            {
                (null, false) => documents.OrderBy(Text, StringComparer.Ordinal),
                (null, true) => documents.OrderByDescending(Text, StringComparer.Ordinal),
                ({ } earlier, false) => earlier.ThenBy(Text, StringComparer.Ordinal),
                ({ } earlier, true) => earlier.ThenByDescending(Text, StringComparer.Ordinal),
            };
        }

        return sorted ?? documents;
    }

    private static int NumberOf(ApiCall call, string name, int otherwise)
    {
        var inBody = call.Member(name);
        return inBody.ValueKind switch
        {
            JsonValueKind.Undefined => call.Number(name, otherwise),
            JsonValueKind.Number when inBody.TryGetInt32(out var number) && number >= 0 => number,
            JsonValueKind.String when int.TryParse(inBody.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
            _ => throw new ApiRefusal(400, $"{name} must be a number"),
        };
    }

    internal static JsonNode? Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        _ => JsonValue.Create(value),
    };
}
