using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.KeyVault;

/// <summary>The vault's answers (LEARN, Key Vault REST, "Get Secret", "Set Secret"; "Authentication, requests and responses").</summary>
internal static class VaultRoutes
{
    private const string Resource = "https://vault.azure.net";
    private const string Challenge =
        $"Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-00000000f00d\", resource=\"{Resource}\"";

    public static void MapVault(this WebApplication app, SimulatedKeyVault vault, TimeProvider clock)
    {
        void Map(string path, bool known) => app.Map(path, async context =>
        {
            var (status, body) = known && context.Request.Method is "GET" or "PUT"
                ? await AnswerAsync(context, vault)
                : Error(404, "NotFound", "no such operation here");
            vault.Journal.Add(new RequestRecord(context.Request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, status,
                RequestJournal.AuthOf(context.Request), null, context.Request.Headers.UserAgent, clock.GetUtcNow(), 0, known));
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
        }).WithOrder(known ? 0 : int.MaxValue);

        Map("/secrets/{name}/{version?}", known: true);
        Map("/{**path}", known: false);
    }

    private static async Task<(int Status, JsonObject Body)> AnswerAsync(HttpContext context, SimulatedKeyVault vault)
    {
        const string Scheme = "Bearer ";
        var authorization = context.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Scheme, StringComparison.Ordinal) || !vault.Identity.Accepts(authorization[Scheme.Length..], Resource))
        {
            context.Response.Headers.WWWAuthenticate = Challenge;
            return Error(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");
        }

        if (vault.Throttled > 0)
        {
            vault.Throttled--;
            Tell(context, vault, "throttled");
            context.Response.Headers.RetryAfter = vault.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            return Error(429, "Throttled", "Request was not processed because too many requests were received.");
        }

        if (vault.Unavailable > 0)
        {
            vault.Unavailable--;
            Tell(context, vault, "unavailable");
            return Error(503, "ServiceUnavailable", "The service is unavailable.");
        }

        if (vault.FirewallClosed)
        {
            return Forbidden("ForbiddenByFirewall", "Client address is not authorized and caller is not a trusted service.");
        }

        if (vault.Forbidden)
        {
            Tell(context, vault, "forbidden");
            return Forbidden("ForbiddenByRbac", "Caller is not authorized to perform action on resource.");
        }

        var name = (string)context.Request.RouteValues["name"]!;
        if (context.Request.Method == "PUT")
        {
            var sent = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            vault.Secrets.Set(name, (string)sent!["value"]!);
        }

        return vault.Secrets.Find(vault.VaultUri, name, (string?)context.Request.RouteValues["version"]) is { } found
            ? (bool)found["attributes"]!["enabled"]! ? (200, found) : Forbidden("SecretDisabled", "Operation get is not allowed on a disabled secret.")
            : Error(404, "SecretNotFound", $"A secret with (name/id) {name} was not found in this key vault.");
    }

    // All refusals are Forbidden outside; the inner code tells them apart.
    private static (int Status, JsonObject Body) Forbidden(string inner, string message)
    {
        var (status, body) = Error(403, "Forbidden", message);
        body["error"]!["innererror"] = new JsonObject { ["code"] = inner };
        return (status, body);
    }

    private static void Tell(HttpContext context, SimulatedKeyVault vault, string fault) =>
        vault.OnStruck?.Invoke(fault, $"{context.Request.Method} {context.Request.Path}");

    private static (int Status, JsonObject Body) Error(int status, string code, string message) =>
        (status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } });
}
