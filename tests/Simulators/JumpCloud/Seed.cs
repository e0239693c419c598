using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.JumpCloud;

/// <summary>Fills a tenant from JSON: records with the API's field names, and beside them <c>password</c>, <c>publicKeyPem</c>, <c>members</c> and bound <c>users</c>; also the <c>passwordPolicy</c>.</summary>
internal static class Seed
{
    /// <summary>Adds everything and answers the ids in the same order.</summary>
    /// <exception cref="JsonException">A record does not read.</exception>
    public static JsonObject Apply(Tenant tenant, JsonElement seed)
    {
        if (seed.TryGetProperty("passwordPolicy", out var policy))
        {
            tenant.Policy = TenantJson.Default.PasswordPolicy.Read(tenant.Policy, policy);
        }

        return new JsonObject
        {
            ["users"] = Ids(seed, "users", user => tenant.AddUser(
                TenantJson.Default.TenantUser.Read(new TenantUser(), user), user.TryGetProperty("password", out var password) ? password.GetString() : null).Id),
            ["systems"] = Ids(seed, "systems", system => AddSystem(tenant, system)),
            ["groups"] = Ids(seed, "groups", group => AddGroup(tenant, group)),
        };
    }

    private static string AddSystem(Tenant tenant, JsonElement seed)
    {
        var id = tenant.AddSystem(TenantJson.Default.TenantSystem.Read(new TenantSystem(), seed) with
        {
            PublicKeyPem = seed.TryGetProperty("publicKeyPem", out var key) ? key.GetString() : null,
        }).Id;
        Ids(seed, "users", user => Bound(user, userId => tenant.Bind(id, userId)));
        return id;
    }

    private static string AddGroup(Tenant tenant, JsonElement seed)
    {
        var id = tenant.AddGroup(TenantJson.Default.TenantGroup.Read(new TenantGroup(""), seed)).Id;
        Ids(seed, "members", member => Bound(member, systemId => tenant.AddMember(id, systemId)));
        Ids(seed, "users", user => Bound(user, userId => tenant.BindToGroup(id, userId)));
        return id;
    }

    private static string Bound(JsonElement id, Action<string> bind)
    {
        bind(id.GetString()!);
        return id.GetString()!;
    }

    private static JsonArray Ids(JsonElement seed, string name, Func<JsonElement, string> add) =>
        seed.TryGetProperty(name, out var items) ? new JsonArray([.. items.EnumerateArray().Select(item => (JsonNode)add(item))]) : [];
}
