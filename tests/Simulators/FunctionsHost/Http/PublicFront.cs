using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Prestage.Simulators.FunctionsHost.Triggers;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.FunctionsHost.Http;

/// <summary>
/// The public side: a route for each HTTP function, 404 for what has none, other methods included, and the host's own paths behind its
/// master key (azure-functions-host, WebScriptHostHttpRoutesManager, HomepageMiddleware; LEARN "Manually run a non HTTP-triggered
/// function").
/// </summary>
internal static class PublicFront
{
    private const string NoSuchMethod = "405 HTTP Method Not Supported";

    /// <summary>Builds the server; <paramref name="run"/> runs a function by hand, and answers false for one that does not exist.</summary>
    public static WebApplication Build(
        int port, IEnumerable<HttpTrigger> functions, HttpInvocations invocations, long bodyLimit, string masterKey,
        Func<string, string, bool> run)
    {
        var app = LoopbackServer.Build(port, services: services => services.AddHttpForwarder());
        app.Use((context, next) =>
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = bodyLimit;
            return next(context);
        });
        app.UseRouting();
        app.Use((context, next) =>
        {
            // The host's routes are bound to their methods: another method finds no route.
            if (context.GetEndpoint()?.DisplayName == NoSuchMethod)
            {
                context.SetEndpoint(null);
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }

            return next(context);
        });
        foreach (var function in functions)
        {
            app.MapMethods(function.Route, function.Methods, context => invocations.HandleAsync(context, function))
                .WithDisplayName(function.Name);
        }

        app.MapPost("/admin/functions/{name}", async (string name, HttpContext context) => !HasKey(context, masterKey)
            ? Results.StatusCode(StatusCodes.Status401Unauthorized)
            : run(name, await InputAsync(context.Request)) ? Results.StatusCode(StatusCodes.Status202Accepted) : Results.NotFound());
        app.Map("/admin/host/status", (HttpContext context) => HasKey(context, masterKey)
            ? Results.Text(new JsonObject { ["state"] = "Running" }.ToJsonString(), "application/json")
            : Results.StatusCode(StatusCodes.Status401Unauthorized));
        app.Map("/admin/{**path}", () => Results.StatusCode(StatusCodes.Status401Unauthorized));
        app.Map("/runtime/{**path}", () => Results.NotFound());

        // AzureWebJobsDisableHomepage=true, as deployed.
        app.MapGet("/", () => Results.NoContent()).WithOrder(int.MaxValue);
        return app;
    }

    private static bool HasKey(HttpContext context, string masterKey) => context.Request.Headers["x-functions-key"] == masterKey;

    private static async Task<string> InputAsync(HttpRequest request)
    {
        try
        {
            var body = await JsonNode.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            return body?["input"]?.ToString() ?? string.Empty;
        }
        catch (JsonException)
        {
            return string.Empty;
        }
    }
}
