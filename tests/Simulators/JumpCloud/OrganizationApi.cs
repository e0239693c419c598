using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.JumpCloud;

/// <summary>The organization's settings and the password policies.</summary>
internal static class OrganizationApi
{
    /// <summary>GET /api/organizations.</summary>
    public static Answer List(ApiCall call) => Answer.Ok(new JsonObject
    {
        ["totalCount"] = 1,
        ["results"] = new JsonArray(new JsonObject { ["_id"] = call.Options.OrgId, ["displayName"] = "Simulated" }),
    });

    /// <summary>GET /api/organizations/{orgId}.</summary>
    public static Answer Get(ApiCall call) => call.Id("orgId") != call.Options.OrgId ? throw call.Unknown() : Answer.Ok(new JsonObject
    {
        ["_id"] = call.Options.OrgId,
        ["id"] = call.Options.OrgId,
        ["displayName"] = "Simulated",
        ["settings"] = new JsonObject
        {
            ["passwordCompliance"] = call.Tenant.PasswordCompliance,
            ["passwordPolicy"] = Json(call.Tenant.Policy),
            ["newSystemUserStateDefaults"] = new JsonObject { ["manualEntry"] = "STAGED" },
        },
    });

    /// <summary>GET /api/v2/passwordpolicies/user/{id}: the effective policy of one person.</summary>
    public static Answer PolicyOfUser(ApiCall call)
    {
        if (call.Options.PasswordPolicyEndpointMissing)
        {
            throw call.Unknown();
        }

        var user = call.User(call.Tenant.Read(), call.Id()).User;
        return Answer.Ok(new JsonObject
        {
            ["cached"] = false,
            ["objectId"] = call.Options.OrgId,
            ["groups"] = new JsonArray(),
            ["policy"] = Json(call.Tenant.PolicyFor(user.Id)),
        });
    }

    private static JsonNode Json(PasswordPolicy policy) => JsonSerializer.SerializeToNode(policy, TenantJson.Default.PasswordPolicy)!;
}
