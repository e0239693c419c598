using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Prestage.Simulators.Loopback;
using Yarp.ReverseProxy.Forwarder;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>
/// The public side: one proxied route for each HTTP function, ASP.NET Core's own precedence, 404 for another method, the host's own paths, 503
/// while there is no handler (azure-functions-host, WebScriptHostHttpRoutesManager, HomepageMiddleware; LEARN "Manually run a non HTTP-triggered function").
/// </summary>
internal static class HttpFront
{
    private const string NoSuchMethod = "405 HTTP Method Not Supported";

    /// <summary>Builds the server; <paramref name="run"/> runs a function by hand and is null-answered for one that does not exist.</summary>
    public static WebApplication Build(
        int port, IEnumerable<HttpFunction> functions, Handler handler, HttpMessageInvoker client, string masterKey, Func<string, string, Task<bool?>> run,
        long mostBodyBytes, TimeSpan activityTimeout)
    {
        var app = LoopbackServer.Build(port, services: services => services.AddHttpForwarder());
        var transformer = new ProxiedRequests();
        var patience = new ForwarderRequestConfig { ActivityTimeout = activityTimeout };
        app.Use((context, next) =>
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = mostBodyBytes;
            return next(context);
        });
        app.UseRouting();
        app.Use((context, next) =>
        {
            // The host's routes are bound to their methods: another method finds no route.
            if (context.GetEndpoint()?.DisplayName == NoSuchMethod)
            {
                context.SetEndpoint(null);
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            }

            return next(context);
        });
        foreach (var function in functions)
        {
            app.MapMethods(function.Route, function.Methods, context => ProxyAsync(context, handler, client, transformer, patience)).WithDisplayName(function.Name);
        }

        app.MapPost("/admin/functions/{name}", async (string name, HttpContext context) =>
        {
            if (context.Request.Headers["x-functions-key"] != masterKey)
            {
                return Results.StatusCode(401);
            }

            var input = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))?["input"]?.ToString();
            return await run(name, input ?? string.Empty) is null ? Results.NotFound() : Results.StatusCode(202);
        });
        app.Map("/admin/{**path}", () => Results.StatusCode(401));
        app.Map("/runtime/{**path}", () => Results.StatusCode(404));

        // AzureWebJobsDisableHomepage=true, as deployed.
        app.MapGet("/", () => Results.NoContent()).WithOrder(int.MaxValue);
        return app;
    }

    /// <summary>The client of the proxy: a connection that is refused is tried up to ten times (RetryProxyHandler).</summary>
    public static HttpMessageInvoker Client() => new(new RetriedConnections(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
    }));

    private static async Task ProxyAsync(HttpContext context, Handler handler, HttpMessageInvoker client, HttpTransformer transformer, ForwarderRequestConfig patience)
    {
        if (handler.HasStopped || !await handler.WaitAsync(context.RequestAborted))
        {
            context.Response.StatusCode = 503;
            await context.Response.WriteAsync("Function host is not running.", context.RequestAborted);
            return;
        }

        var forwarder = context.RequestServices.GetRequiredService<IHttpForwarder>();
        await forwarder.SendAsync(context, handler.Address.ToString(), client, patience, transformer);
    }

    private sealed class RetriedConnections(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private const int MostTries = 10;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    return await base.SendAsync(request, cancellationToken);
                }
                catch (HttpRequestException exception) when (tries < MostTries && exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(50 * tries, 250)), cancellationToken);
                }
            }
        }
    }
}
