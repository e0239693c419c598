using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.JumpCloud;

/// <summary>System groups and their members (V2 graph).</summary>
internal static class GroupsApi
{
    /// <summary>GET /api/v2/systemgroups/{id}.</summary>
    public static Answer Get(ApiCall call)
    {
        var group = call.Group(call.Tenant.Read(), call.Id()).Group;
        var answer = JsonSerializer.SerializeToNode(group, TenantJson.Default.TenantGroup)!.AsObject();
        answer["email"] = "";
        answer["attributes"] = null;
        answer["memberQuery"] = group.HasRule ? new JsonObject { ["queryType"] = "FilterQuery", ["filters"] = new JsonArray(Rule()) } : null;
        answer["memberQueryExemptions"] = new JsonArray();
        answer["memberSuggestionsNotify"] = false;
        return Answer.Ok(answer);
    }

    /// <summary>GET …/members: direct edges.</summary>
    public static Answer Members(ApiCall call) => call.Page(call.Group(call.Tenant.Read(), call.Id()).Members.Select(systemId => (JsonNode)new JsonObject
    {
        ["to"] = new JsonObject { ["type"] = "system", ["id"] = systemId, ["attributes"] = null },
        ["attributes"] = null,
    }));

    /// <summary>GET …/membership: the same with paths.</summary>
    public static Answer Membership(ApiCall call)
    {
        var group = call.Group(call.Tenant.Read(), call.Id());
        return call.Page(group.Members.Select(systemId => Traversed("system", systemId, "system_group", group.Group.Id)));
    }

    /// <summary>GET /api/v2/systems/{id}/memberof.</summary>
    public static Answer MemberOf(ApiCall call)
    {
        var state = call.Tenant.Read();
        var id = call.System(state, call.Id()).System.Id;
        return call.Page(state.GroupsOf(id).Select(group => Traversed("system_group", group.Group.Id, "system", id)));
    }

    /// <summary>POST …/members.</summary>
    public static Answer Change(ApiCall call)
    {
        var (groupId, systemId) = (call.Id(), call.BodyId());
        if (call.Text("type") != "system")
        {
            throw new ApiRefusal(400, "type must be system");
        }

        var answer = Answer.NoContent;
        call.Tenant.Write(before =>
        {
            var group = call.Group(before, groupId);
            var member = group.Members.Contains(call.System(before, systemId).System.Id);
            switch (call.Text("op"))
            {
                case "add" when group.Group.IsDynamic:
                    answer = call.Options.DynamicGroupAddStatus == 204
                        ? Answer.NoContent : Answer.Refusal(call.Options.DynamicGroupAddStatus, "Group is managed by a rule");
                    return before;
                case "add" when member:
                    throw new ApiRefusal(409, "Already Exists");
                case "add":
                    return before.WithMember(groupId, systemId, true);
                case "update":
                    return member ? before : throw call.Unknown();
                case "remove" when !member:
                    answer = BindingsApi.Missing(call);
                    return before;
                case "remove":
                    return before.WithMember(groupId, systemId, false);
                default:
                    throw new ApiRefusal(400, "op must be one of add, remove, update");
            }
        });
        return answer;
    }

    private static JsonObject Rule() => new() { ["field"] = "osFamily", ["operator"] = "eq", ["value"] = "darwin" };

    private static JsonObject Traversed(string type, string id, string fromType, string fromId) => new JsonObject
    {
        ["type"] = type,
        ["id"] = id,
        ["compiledAttributes"] = null,
        ["paths"] = new JsonArray(new JsonArray(GraphPath.Edge(fromType, fromId, type, id, null))),
    };
}
