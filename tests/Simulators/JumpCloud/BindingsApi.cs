using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.JumpCloud;

/// <summary>The edges between people and systems (V2 graph).</summary>
internal static class BindingsApi
{
    /// <summary>GET /api/v2/systems/{id}/associations?targets=user: direct edges only.</summary>
    public static Answer List(ApiCall call)
    {
        var row = call.System(call.Tenant.Read(), call.Id());
        var targets = call.Query["targets"];
        return targets.Count == 0 ? throw new ApiRefusal(400, "targets is required")
            : call.Page(targets.Contains("user") ? row.Bindings.Values.Select(binding => (JsonNode)new JsonObject
            {
                ["to"] = new JsonObject { ["type"] = "user", ["id"] = binding.UserId, ["attributes"] = null },
                ["attributes"] = Attributes(binding.Sudo, binding.WithoutPassword),
            }) : []);
    }

    /// <summary>GET /api/v2/users/{id}/associations?targets=system: the same edges from their other end.</summary>
    public static Answer ListOfUser(ApiCall call)
    {
        var state = call.Tenant.Read();
        var userId = call.User(state, call.Id()).User.Id;
        var targets = call.Query["targets"];
        return targets.Count == 0 ? throw new ApiRefusal(400, "targets is required")
            : call.Page(!targets.Contains("system") ? [] : state.Systems.Values
                .Where(row => row.Bindings.ContainsKey(userId))
                .Select(row => (JsonNode)new JsonObject
                {
                    ["to"] = new JsonObject { ["type"] = "system", ["id"] = row.System.Id, ["attributes"] = null },
                    ["attributes"] = Attributes(row.Bindings[userId].Sudo, row.Bindings[userId].WithoutPassword),
                }));
    }

    /// <summary>GET /api/v2/systems/{id}/users: direct edges and those through groups, with their paths.</summary>
    public static Answer Users(ApiCall call)
    {
        var state = call.Tenant.Read();
        var id = call.System(state, call.Id()).System.Id;
        return call.Page(state.PathsOf(id).GroupBy(path => path.Binding.UserId).Select(paths => (JsonNode)new JsonObject
        {
            ["type"] = "user",
            ["id"] = paths.Key,
            ["compiledAttributes"] = Attributes(paths.Any(path => path.Binding.Sudo), paths.Any(path => path.Binding.WithoutPassword)),
            ["paths"] = new JsonArray([.. paths.Select(path => GraphPath.Of(id, path.Binding, path.Through))]),
        }));
    }

    /// <summary>POST /api/v2/systems/{id}/associations.</summary>
    public static Answer ChangeOfSystem(ApiCall call) => Change(call, "user", systemId: call.Id(), userId: call.BodyId());

    /// <summary>POST /api/v2/users/{id}/associations: the same edge from its other end.</summary>
    public static Answer ChangeOfUser(ApiCall call) => Change(call, "system", systemId: call.BodyId(), userId: call.Id());

    /// <summary>The sudo attribute of an edge.</summary>
    internal static JsonObject Attributes(bool sudo, bool withoutPassword) =>
        new() { ["sudo"] = new JsonObject { ["enabled"] = sudo, ["withoutPassword"] = withoutPassword } };

    private static Answer Change(ApiCall call, string type, string systemId, string userId)
    {
        if (call.Text("type") != type)
        {
            throw new ApiRefusal(400, $"type must be {type}");
        }

        var answer = Answer.NoContent;
        call.Tenant.Write(before =>
        {
            var existing = call.System(before, systemId).Bindings.GetValueOrDefault(call.User(before, userId).User.Id);
            var (sudo, withoutPassword) = Sudo(call.Member("attributes"), existing);
            switch (call.Text("op"))
            {
                case "add" when existing is not null:
                    throw new ApiRefusal(409, "Already Exists");
                case "update" when existing is null:
                    throw call.Unknown();
                case "add" or "update":
                    return before.WithBinding(systemId, userId, call.Tenant.NewBinding(before, userId, sudo, withoutPassword) is var changed
                        && existing is not null ? changed with { At = existing.At } : changed);
                case "remove" when existing is null:
                    answer = Missing(call);
                    return before;
                case "remove":
                    return before.WithBinding(systemId, userId, null);
                default:
                    throw new ApiRefusal(400, "op must be one of add, remove, update");
            }
        });
        return answer;
    }

    /// <summary>The answer to the removal of an edge that is not there, which no page documents.</summary>
    internal static Answer Missing(ApiCall call) =>
        call.Options.RemoveMissingStatus == 204 ? Answer.NoContent : Answer.Refusal(call.Options.RemoveMissingStatus, call.Options.UnknownIdMessage);

    // Left-out attributes are no sudo on a new edge, and change nothing on an existing one.
    private static (bool Sudo, bool WithoutPassword) Sudo(JsonElement attributes, Binding? existing)
    {
        if (attributes.ValueKind != JsonValueKind.Object
            || !attributes.TryGetProperty("sudo", out var sudo) || sudo.ValueKind != JsonValueKind.Object)
        {
            return (existing?.Sudo ?? false, existing?.WithoutPassword ?? false);
        }

        bool Flag(string name) => sudo.TryGetProperty(name, out var flag) && (flag.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? flag.GetBoolean() : throw new ApiRefusal(400, $"sudo.{name} must be a boolean"));
        return (Flag("enabled"), Flag("withoutPassword"));
    }
}
