using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Prestage.Tests.Simulation;

/// <summary>The few routes of the tenant's control surface that a simulated agent calls, on real loopback HTTP.</summary>
internal sealed class MacTestsTenant : IAsyncDisposable
{
    public const string SystemId = "64f0aa11bb22cc33dd44ee55";
    public const string ConnectKey = "0123456789012345678901234567890123456789";
    private readonly WebApplication app;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableList<JsonObject> users = [];
    private long version;

    private MacTestsTenant(WebApplication app) => this.app = app;

    public Uri BaseUrl => new(app.Urls.First());

    public JsonNode? Registration { get; private set; }

    /// <summary>The latest report of each account.</summary>
    public ImmutableDictionary<string, JsonObject> Metrics { get; private set; } = ImmutableDictionary<string, JsonObject>.Empty;

    public static async Task<MacTestsTenant> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var tenant = new MacTestsTenant(builder.Build());
        tenant.app.MapPost("/sim/agent/register", tenant.Register);
        tenant.app.MapGet($"/sim/agent/{SystemId}/users", (Delegate)tenant.UsersAsync);
        tenant.app.MapPost($"/sim/agent/{SystemId}/metrics", tenant.Report);
        await tenant.app.StartAsync(cancellationToken);
        return tenant;
    }

    public void Bind(params JsonObject[] bound)
    {
        users = [.. bound];
        version++;
        Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private IResult Register(JsonNode body)
    {
        Registration = body;
        return (string?)body["connectKey"] == ConnectKey ? Results.Json(new JsonObject { ["systemId"] = SystemId }) : Results.StatusCode(401);
    }

    private async Task<IResult> UsersAsync(HttpContext context)
    {
        var next = changed.Task;
        if (context.Request.Query["after"] == version.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            await Task.WhenAny(next, Task.Delay(Timeout.Infinite, CancellationTokenSource.CreateLinkedTokenSource(
                context.RequestAborted, app.Lifetime.ApplicationStopping).Token));
        }

        return Results.Json(new JsonObject { ["version"] = version, ["users"] = new JsonArray([.. users.Select(user => user.DeepClone())]) });
    }

    private IResult Report(JsonNode body)
    {
        Metrics = body["userMetrics"]!.AsArray().Select(row => row!.AsObject()).ToImmutableDictionary(row => (string)row["userName"]!);
        return Results.NoContent();
    }
}
