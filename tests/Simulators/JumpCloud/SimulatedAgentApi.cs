using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.JumpCloud;

/// <summary>What the agent of a simulated Mac talks to, in place of JumpCloud's unpublished agent protocol.</summary>
internal sealed class SimulatedAgentApi(SimulatedJumpCloud jumpCloud)
{
    private const int LongestWaitSeconds = 60;

    private Tenant Tenant => jumpCloud.Tenant;

    /// <summary>The agent's package, as the simulated <c>pkgutil</c> and <c>installer</c> read it.</summary>
    public static Answer Package() => new(200, new JsonObject
    {
        ["package"] = "com.jumpcloud.agent",
        ["name"] = "jumpcloud-agent",
        ["signature"] = new JsonObject
        {
            ["status"] = "signed by a developer certificate issued by Apple for distribution",
            ["leaf"] = "Developer ID Installer: JUMPCLOUD INC (N985MXSH85)",
        },
    }, ContentType: "application/octet-stream");

    /// <summary>A new device record; the same Mac again leaves its earlier record behind, as re-enrolled Macs do.</summary>
    public Answer Register(JsonElement body)
    {
        if (SimRoutes.Text(body, "connectKey") != jumpCloud.Options.ConnectKey)
        {
            return Answer.Refusal(401, "connect key is not valid");
        }

        var system = Tenant.AddSystem(new TenantSystem
        {
            SerialNumber = SimRoutes.Text(body, "serialNumber"),
            Hostname = SimRoutes.Text(body, "hostname"),
            Version = SimRoutes.Text(body, "osVersion"),
            ProvisionMetadata = new(new(jumpCloud.Options.AgentProvisioner)),
            PublicKeyPem = Checked(SimRoutes.Text(body, "publicKeyPem")),
        });
        return Answer.Ok(new JsonObject { ["systemId"] = system.Id });
    }

    /// <summary>The accounts that the Mac is to have; waits for a version after <c>after</c>, up to <c>waitSeconds</c>.</summary>
    public async Task<Answer> UsersAsync(HttpContext context)
    {
        var (systemId, query) = (SystemId(context), context.Request.Query);
        var after = long.TryParse(query["after"], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;
        var wait = double.TryParse(query["waitSeconds"], CultureInfo.InvariantCulture, out var seconds) ? Math.Clamp(seconds, 0, LongestWaitSeconds) : 0;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, jumpCloud.Stopping);
        ended.CancelAfter(TimeSpan.FromSeconds(wait));
        while (true)
        {
            // The signal is taken before the state is read, so that no write falls between the two.
            var next = Tenant.NextWrite();
            var state = Tenant.Now;
            if (!state.Systems.ContainsKey(systemId))
            {
                return Answer.Refusal(404, "system is gone");
            }

            if (state.AccountsVersion(systemId) > after || ended.IsCancellationRequested)
            {
                return Accounts(state, systemId);
            }

            await Task.WhenAny(next, Task.Delay(Timeout.Infinite, ended.Token));
        }
    }

    /// <summary>What the agent reports of the local accounts.</summary>
    public Answer Metrics(HttpContext context, JsonElement body)
    {
        var metrics = body.TryGetProperty("userMetrics", out var reported)
            ? reported.Deserialize(TenantJson.Default.UserMetricArray)! : throw new ApiRefusal(400, "userMetrics is missing");
        Tenant.UpdateSystem(SystemId(context), system => system with { UserMetrics = [.. metrics], LastContact = Tenant.Timestamp(), Active = true });
        return Answer.NoContent;
    }

    private static Answer Accounts(TenantState state, string systemId) => Answer.Ok(new JsonObject
    {
        ["version"] = state.AccountsVersion(systemId),
        ["users"] = new JsonArray([.. state.PathsOf(systemId).GroupBy(path => path.Binding.UserId)
            .Where(paths => state.Users.TryGetValue(paths.Key, out var row) && Reaches(row.User))
            .Select(paths => Account(state.Users[paths.Key].User, paths.Any(path => path.Binding.Sudo)))]),
    });

    // Only people who are active and have a password reach a device (Help Center, "Manage User States").
    private static bool Reaches(TenantUser user) =>
        user is { State: "ACTIVATED", Suspended: false, Password: not null };

    private static JsonObject Account(TenantUser user, bool sudo) => new()
    {
        ["id"] = user.Id,
        ["username"] = user.AccountName,
        ["fullName"] = user.Displayname.Length > 0 ? user.Displayname : $"{user.Firstname} {user.Lastname}".Trim(),
        ["admin"] = sudo || user.Sudo,
        ["password"] = new JsonObject
        {
            ["salt"] = Convert.ToBase64String(user.Password!.Salt),
            ["iterations"] = user.Password.Iterations,
            ["hash"] = Convert.ToBase64String(user.Password.Hash),
        },
    };

    private static string Checked(string pem)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return pem;
        }
        catch (ArgumentException)
        {
            throw new ApiRefusal(400, "publicKeyPem is not a key");
        }
    }

    private string SystemId(HttpContext context) => (string)context.Request.RouteValues["systemId"]! is var id && Tenant.Now.Systems.ContainsKey(id)
        ? id : throw new ApiRefusal(404, "no such system");
}
