using System.Net;
using System.Text.Json.Nodes;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Agent;

/// <summary>A person whom the directory wants on this Mac.</summary>
internal sealed record BoundUser(string Id, string Username, string FullName, bool Admin, PasswordDigest? Password);

/// <summary>The list of bound people at one version of the directory.</summary>
internal sealed record BoundUsers(long Version, IReadOnlyList<BoundUser> Users);

/// <summary>The agent's side of the simulated tenant's control surface.</summary>
internal sealed class TenantConnection(Uri baseUrl, HttpMessageHandler? network) : IDisposable
{
    private const int WaitSeconds = 20;
    private readonly HttpClient http = new(network ?? new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }, disposeHandler: network is null)
    {
        BaseAddress = baseUrl,
        Timeout = network is null ? TimeSpan.FromSeconds(WaitSeconds + 10) : Timeout.InfiniteTimeSpan,
    };

    /// <summary>Opens the connection and loads the code that it needs, so that the first real call is not the slow one.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync("/sim/jumpcloud-agent.pkg", cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            // The tenant may be started later than its Macs.
        }
    }

    /// <summary>The system's id; null where the connect key is refused.</summary>
    public async Task<string?> RegisterAsync(string connectKey, SimulatedMacOptions mac, string publicKeyPem, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync(
            "/sim/agent/register",
            new JsonObject
            {
                ["connectKey"] = connectKey,
                ["serialNumber"] = mac.SerialNumber,
                ["hostname"] = mac.Hostname,
                ["osVersion"] = mac.OsVersion,
                ["publicKeyPem"] = publicKeyPem,
            },
            cancellationToken);
        if (answer.StatusCode == HttpStatusCode.Unauthorized)
        {
            return null;
        }

        answer.EnsureSuccessStatusCode();
        return (string?)(await answer.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))?["systemId"];
    }

    /// <summary>Waits for a version after <paramref name="after"/>; null asks for the present one.</summary>
    public async Task<BoundUsers> WaitForUsersAsync(string systemId, long? after, CancellationToken cancellationToken)
    {
        var query = after is { } version ? $"?after={version}&waitSeconds={WaitSeconds}" : string.Empty;
        var body = (await http.GetFromJsonAsync<JsonNode>($"/sim/agent/{systemId}/users{query}", cancellationToken))!;
        return new BoundUsers((long)body["version"]!, [.. body["users"]!.AsArray().Select(user => Parse(user!))]);
    }

    public async Task ReportAsync(string systemId, MacState state, CancellationToken cancellationToken)
    {
        var metrics = new JsonObject
        {
            ["userMetrics"] = new JsonArray([.. state.People.Select(user => new JsonObject
            {
                ["userName"] = user.ShortName,
                ["admin"] = state.IsAdmin(user.ShortName),
                ["managed"] = user.Managed,
                ["suspended"] = !user.Enabled,
                ["secureTokenEnabled"] = user.SecureToken,
            })]),
        };
        using var answer = await http.PostAsJsonAsync($"/sim/agent/{systemId}/metrics", metrics, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static BoundUser Parse(JsonNode user) => new(
        (string)user["id"]!,
        (string)user["username"]!,
        (string?)user["fullName"] ?? string.Empty,
        (bool?)user["admin"] ?? false,
        user["password"] is { } password
            ? new PasswordDigest(Convert.FromBase64String((string)password["salt"]!), (int)password["iterations"]!, Convert.FromBase64String((string)password["hash"]!))
            : null);
}
