using System.Text.Json;

namespace Prestage.Simulators.JumpCloud;

/// <summary>Device records (V1 <c>/api/systems</c>). Parameters that a route does not know are ignored.</summary>
internal static class SystemsApi
{
    /// <summary>POST /api/search/systems.</summary>
    public static Answer SearchSystems(ApiCall call) => Search.Run(call, Documents(call));

    /// <summary>GET /api/systems.</summary>
    public static Answer List(ApiCall call) => Search.List(call, Documents(call));

    /// <summary>GET /api/systems/{id}; a system that signs is answered in whatever organization it is.</summary>
    public static Answer Get(ApiCall call)
    {
        var state = call.Tenant.Read();
        return Answer.Ok(Search.Project(Document(call, state, call.System(state, call.Id())), Search.FieldsOf(call)));
    }

    /// <summary>PUT /api/systems/{id}.</summary>
    public static Answer Put(ApiCall call)
    {
        var id = call.Id();
        var after = call.Tenant.Write(before =>
        {
            var system = call.System(before, id).System;
            return before.With(system with
            {
                DisplayName = call.Text("displayName") ?? system.DisplayName,
                Description = call.Text("description") ?? system.Description,
                PrimarySystemUser = call.Member("primarySystemUser") is { ValueKind: JsonValueKind.Object } user && user.TryGetProperty("id", out var userId)
                    ? new PrimarySystemUser(userId.ToString()) : system.PrimarySystemUser,
                Attributes = call.Member("attributes") is { ValueKind: JsonValueKind.Object } attributes
                    ? [.. system.Attributes.Where(one => !attributes.TryGetProperty(one.Name, out _)),
                       .. attributes.EnumerateObject().Where(one => one.Value.ValueKind != JsonValueKind.Null)
                           .Select(one => new NameValue(one.Name, one.Value.ToString()))]
                    : system.Attributes,
            });
        });
        return Answer.Ok(Search.Project(after.Systems[id].Document, []));
    }

    /// <summary>DELETE /api/systems/{id} answers the record that is gone.</summary>
    public static Answer Delete(ApiCall call)
    {
        var id = call.Id();
        JsonElement gone = default;
        call.Tenant.Write(before =>
        {
            gone = call.System(before, id).Document;
            var without = before.GroupsOf(id).Aggregate(before, (state, group) => state.WithMember(group.Group.Id, id, false));
            return without with { Systems = without.Systems.Remove(id) };
        });
        return Answer.Ok(Search.Project(gone, []));
    }

    private static IEnumerable<JsonElement> Documents(ApiCall call)
    {
        var state = call.Tenant.Read();
        return state.Systems.Values.Where(row => row.System.Organization == call.Options.OrgId).Select(row => Document(call, state, row));
    }

    // Where no simulated agent reports, the record itself plays one: bound long enough means taken over.
    private static JsonElement Document(ApiCall call, TenantState state, SystemRow row)
    {
        if (call.Options.TakeoverMilliseconds is not { } delay)
        {
            return row.Document;
        }

        var ready = call.Options.Clock.GetUtcNow().AddMilliseconds(-delay);
        var taken = row.Bindings.Values.Where(binding => binding.At <= ready && state.Users.ContainsKey(binding.UserId))
            .Select(binding => new UserMetric(state.Users[binding.UserId].User.AccountName, binding.Sudo, true, false, true))
            .Where(metric => !row.System.UserMetrics.Any(reported => reported.UserName == metric.UserName && reported.Managed)).ToList();
        return taken.Count == 0 ? row.Document : SystemRow.Of(row.System with
        {
            UserMetrics = [.. row.System.UserMetrics.Where(reported => taken.TrueForAll(metric => metric.UserName != reported.UserName)), .. taken],
        }, row, row.Version).Document;
    }
}
