using System.Text.Json.Nodes;

namespace Prestage.Simulators.JumpCloud;

/// <summary>The <c>paths</c> of V2 traversal answers: each a list of edges from the asked object to the found one.</summary>
internal static class GraphPath
{
    /// <summary>System to person, directly or through a group.</summary>
    public static JsonArray Of(string systemId, Binding binding, TenantGroup? through)
    {
        var attributes = BindingsApi.Attributes(binding.Sudo, binding.WithoutPassword);
        return through is null
            ? new JsonArray(Edge("system", systemId, "user", binding.UserId, attributes))
            : new JsonArray(Edge("system", systemId, "system_group", through.Id, null), Edge("system_group", through.Id, "user", binding.UserId, attributes));
    }

    /// <summary>One edge.</summary>
    public static JsonObject Edge(string fromType, string fromId, string toType, string toId, JsonObject? attributes) => new()
    {
        ["attributes"] = attributes,
        ["from"] = new JsonObject { ["type"] = fromType, ["id"] = fromId, ["attributes"] = null },
        ["to"] = new JsonObject { ["type"] = toType, ["id"] = toId, ["attributes"] = null },
    };
}
