using System.Text.Json.Nodes;

namespace Prestage.Simulators.JumpCloud;

/// <summary>The tenant as <c>GET /sim/state</c> shows it: everything but passwords and keys.</summary>
internal static class Snapshot
{
    public static JsonObject Of(TenantState state) => new()
    {
        ["version"] = state.Version,
        ["users"] = new JsonArray([.. state.Users.Values.Select(row => JsonObject.Create(row.Document))]),
        ["systems"] = new JsonArray([.. state.Systems.Values.Select(row => JsonObject.Create(row.Document))]),
        ["bindings"] = new JsonArray([.. state.Systems.Values.SelectMany(row => row.Bindings.Values.Select(binding => new JsonObject
        {
            ["systemId"] = row.System.Id,
            ["userId"] = binding.UserId,
            ["sudo"] = binding.Sudo,
            ["withoutPassword"] = binding.WithoutPassword,
        }))]),
        ["groups"] = new JsonArray([.. state.Groups.Values.Select(row => new JsonObject
        {
            ["id"] = row.Group.Id,
            ["name"] = row.Group.Name,
            ["members"] = new JsonArray([.. row.Members.Select(id => (JsonNode)id)]),
        })]),
    };
}
