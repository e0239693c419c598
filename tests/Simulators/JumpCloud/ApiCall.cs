using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.JumpCloud;

/// <summary>One admitted call: who, on what route, with which body. Its readers refuse what JumpCloud refuses.</summary>
internal sealed class ApiCall(HttpContext context, Caller caller, Tenant tenant, SimulatedJumpCloudOptions options, JsonElement body)
{
    public Tenant Tenant => tenant;

    public SimulatedJumpCloudOptions Options => options;

    public Caller Caller => caller;

    /// <summary>The body; an empty object when there is none.</summary>
    public JsonElement Body => body;

    public IQueryCollection Query => context.Request.Query;

    public IHeaderDictionary Headers => context.Request.Headers;

    /// <summary>Whether a text is an object id.</summary>
    public static bool IsId(string? text) => text?.Length == 24 && text.All(char.IsAsciiHexDigit);

    /// <summary>An id from the route.</summary>
    /// <exception cref="ApiRefusal">400: malformed.</exception>
    public string Id(string name = "id") => CheckedId((string?)context.Request.RouteValues[name]);

    /// <summary>A string member of the body, or null.</summary>
    public string? Text(string name) =>
        Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A member of the body, or an undefined element.</summary>
    public JsonElement Member(string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The id that an edge's body names.</summary>
    /// <exception cref="ApiRefusal">400: malformed.</exception>
    public string BodyId() => CheckedId(Text("id"));

    /// <summary>A person.</summary>
    /// <exception cref="ApiRefusal">404: unknown.</exception>
    public UserRow User(TenantState state, string id) => state.Users.GetValueOrDefault(id) ?? throw Unknown();

    /// <summary>A system that this caller may see: its own organization's, or itself.</summary>
    /// <exception cref="ApiRefusal">404: unknown.</exception>
    public SystemRow System(TenantState state, string id) =>
        state.Systems.TryGetValue(id, out var row) && (row.System.Organization == options.OrgId || caller.SystemId == id) ? row : throw Unknown();

    /// <summary>A system group.</summary>
    /// <exception cref="ApiRefusal">404: unknown.</exception>
    public GroupRow Group(TenantState state, string id) => state.Groups.GetValueOrDefault(id) ?? throw Unknown();

    /// <summary>A page of a V2 list: bare array, total and next page in headers.</summary>
    public Answer Page(IEnumerable<JsonNode> items)
    {
        const int Largest = 100;
        var (limit, skip) = (Number("limit", 10), Number("skip", 0));
        if (limit > Largest)
        {
            throw new ApiRefusal(400, "limit must be at most 100");
        }

        var all = items.ToList();
        var answer = Answer.Ok(new JsonArray([.. all.Skip(skip).Take(limit)]));
        answer.Headers["x-total-count"] = all.Count.ToString(CultureInfo.InvariantCulture);
        if (skip + limit < all.Count)
        {
            var query = QueryString.Create(context.Request.Query.Where(pair => pair.Key is not ("skip" or "limit")))
                .Add("limit", limit.ToString(CultureInfo.InvariantCulture))
                .Add("skip", (skip + limit).ToString(CultureInfo.InvariantCulture));
            answer.Headers["Link"] = $"<{context.Request.Scheme}://{context.Request.Host}{context.Request.Path}{query}>; rel=\"next\"";
        }

        return answer;
    }

    /// <summary>A number of the query.</summary>
    /// <exception cref="ApiRefusal">400: not a number.</exception>
    public int Number(string name, int otherwise) => !Query.TryGetValue(name, out var text) ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ApiRefusal(400, $"{name} must be a number");

    /// <summary>The refusal of an unknown id.</summary>
    public ApiRefusal Unknown() => new(404, options.UnknownIdMessage);

    private static string CheckedId(string? id) => IsId(id) ? id! : throw new ApiRefusal(400, "Bad Request: invalid object id");
}
