using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.JumpCloud;

/// <summary>The control surface beside the API: for simulated Macs, the sandbox and tests in another process. Not in the journal, not under faults.</summary>
internal static class SimRoutes
{
    public static void MapSim(this WebApplication app, SimulatedJumpCloud jumpCloud)
    {
        void Map(string method, string path, Func<HttpContext, JsonElement, Task<Answer>> handle) =>
            app.MapMethods(path, [method], context => RunAsync(context, handle));
        void MapNow(string method, string path, Func<JsonElement, Answer> handle) =>
            Map(method, path, (_, body) => Task.FromResult(handle(body)));

        var agent = new SimulatedAgentApi(jumpCloud);
        MapNow("GET", "/sim/jumpcloud-agent.pkg", _ => SimulatedAgentApi.Package());
        MapNow("GET", "/sim/dialog-2.5.6.pkg", _ => DialogPackage("2.5.6"));
        MapNow("GET", "/sim/dialog-3.0.1.pkg", _ => DialogPackage("3.0.1"));
        MapNow("POST", "/sim/agent/register", agent.Register);
        Map("GET", "/sim/agent/{systemId}/users", (context, _) => agent.UsersAsync(context));
        Map("POST", "/sim/agent/{systemId}/metrics", (context, body) => Task.FromResult(agent.Metrics(context, body)));

        MapNow("POST", "/sim/seed", body => Answer.Ok(Seed.Apply(jumpCloud.Tenant, body)));
        MapNow("GET", "/sim/state", _ => Answer.Ok(Snapshot.Of(jumpCloud.Tenant.Now)));
        MapNow("POST", "/sim/check-password", body => Answer.Ok(new JsonObject
        {
            ["matches"] = jumpCloud.Tenant.CheckPassword(Text(body, "userId"), Text(body, "password")),
        }));
        MapNow("GET", "/sim/journal", _ =>
            Answer.Ok(JsonSerializer.SerializeToNode(jumpCloud.Journal.Requests, TenantJson.Default.IReadOnlyListRequestRecord)!));
        MapNow("DELETE", "/sim/journal", _ => Done(jumpCloud.Journal.Clear));
        MapNow("POST", "/sim/faults", body => Done(() => jumpCloud.Faults.Add([.. body.EnumerateArray().Select(fault => TenantJson.Default.Fault.Read(new Fault(), fault))])));
        MapNow("DELETE", "/sim/faults", _ => Done(jumpCloud.Faults.Clear));
        MapNow("POST", "/sim/api-keys", body => Done(() =>
        {
            Texts(body, "add").ForEach(jumpCloud.Credentials.AddApiKey);
            Texts(body, "revoke").ForEach(jumpCloud.Credentials.RevokeApiKey);
        }));
    }

    internal static string Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()! : throw new ApiRefusal(400, $"{name} is missing");

    private static List<string> Texts(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? SearchFilter.Strings(value) : [];

    // swiftDialog has its release elsewhere; here is the one place that a simulated Mac downloads from.
    private static Answer DialogPackage(string version) => Answer.Ok(new JsonObject
    {
        ["package"] = "au.csiro.dialogcli",
        ["name"] = "dialog",
        ["version"] = version,
        ["signature"] = new JsonObject
        {
            ["status"] = "signed by a developer certificate issued by Apple for distribution",
            ["leaf"] = "Developer ID Installer: Bart Reardon (PWA5E9TQ59)",
        },
    });

    private static Answer Done(Action action)
    {
        action();
        return Answer.NoContent;
    }

    private static async Task RunAsync(HttpContext context, Func<HttpContext, JsonElement, Task<Answer>> handle)
    {
        var answer = await AnswerAsync(context, handle);
        context.Response.StatusCode = answer.Status;
        if (answer.Content is { Length: > 0 } content)
        {
            context.Response.ContentType = answer.ContentType;
            await context.Response.WriteAsync(content, context.RequestAborted);
        }
    }

    private static async Task<Answer> AnswerAsync(HttpContext context, Func<HttpContext, JsonElement, Task<Answer>> handle)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            return await handle(context, JsonElement.Parse(body.Length == 0 ? "{}"u8 : body.ToArray()));
        }
        catch (ApiRefusal exception)
        {
            return exception.Answer;
        }
        catch (JsonException exception)
        {
            return Answer.Refusal(400, exception.Message);
        }
    }
}
