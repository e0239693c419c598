using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.KeyVault;

/// <summary>App Service's managed-identity endpoint (LEARN, "How to use managed identities for App Service", REST reference, 2019-08-01).</summary>
internal sealed class ManagedIdentity(TimeProvider clock, RequestJournal journal)
{
    private readonly ConcurrentDictionary<string, (string Resource, DateTimeOffset Until)> tokens = new();

    /// <summary>What the caller has to send as <c>X-IDENTITY-HEADER</c>.</summary>
    public string Header { get; } = RandomNumberGenerator.GetHexString(32);

    /// <summary>The user-assigned identity that has to be named; null = any or none.</summary>
    public string? ClientId { get; set; }

    /// <summary>Lifetime of a token.</summary>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Makes every token handed out so far worthless.</summary>
    public void RevokeTokens() => tokens.Clear();

    internal bool Accepts(string token, string resource) =>
        tokens.TryGetValue(token, out var issued) && issued.Resource == resource && clock.GetUtcNow() < issued.Until;

    internal void Map(WebApplication app) => app.Map("/{**path}", async context =>
    {
        var (status, body) = Answer(context.Request);
        journal.Add(new RequestRecord(context.Request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, status,
            RequestJournal.AuthOf(context.Request), null, context.Request.Headers.UserAgent, clock.GetUtcNow(), 0,
            context.Request.Path == "/msi/token"));
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    });

    private (int Status, JsonObject Body) Answer(HttpRequest request)
    {
        string resource = request.Query["resource"].ToString();
        if (request.Headers["X-IDENTITY-HEADER"] != Header)
        {
            return Refusal(401, "Unauthorized", "X-IDENTITY-HEADER is missing or wrong");
        }

        if (request.Path != "/msi/token" || request.Query["api-version"] != "2019-08-01" || resource.Length == 0)
        {
            return Refusal(400, "BadRequest", "api-version 2019-08-01 and resource are required");
        }

        if (ClientId is not null && request.Query["client_id"] != ClientId)
        {
            return Refusal(400, "BadRequest", "No user assigned identity found for the specified client id");
        }

        var token = RandomNumberGenerator.GetHexString(128, lowercase: true);
        var until = clock.GetUtcNow() + TokenLifetime;
        tokens[token] = (resource.TrimEnd('/'), until);
        return (200, new JsonObject
        {
            ["access_token"] = token,
            ["client_id"] = ClientId ?? request.Query["client_id"].ToString(),
            ["expires_on"] = until.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["resource"] = resource,
            ["token_type"] = "Bearer",
        });
    }

    private static (int Status, JsonObject Body) Refusal(int status, string code, string message) =>
        (status, new JsonObject { ["statusCode"] = status, ["code"] = code, ["message"] = message });
}
