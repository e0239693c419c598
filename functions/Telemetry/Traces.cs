using System.Diagnostics;
using Microsoft.AspNetCore.Routing;
using Prestage.Functions.Hosting;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Telemetry;

/// <summary>The program's own spans, and what its answers add to the server's. Nothing is made where nobody listens.</summary>
internal static class Traces
{
    /// <summary>The source of the program's own spans.</summary>
    public const string SourceName = "Prestage";

    /// <summary>The server's source: one span a call.</summary>
    public const string ServerSourceName = "Microsoft.AspNetCore";

    /// <summary>The source of the clients: one span a request that is sent.</summary>
    public const string ClientSourceName = "System.Net.Http";

    private static readonly ActivitySource Source = new(SourceName, ProgramVersion.Text);

    // What the HTTP conventions take for known; a made-up method is no attribute.
    private static readonly HashSet<string> Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

    /// <summary>A span of work that no call asks for: a delivery, a run of the timer. Null where nobody listens.</summary>
    public static Activity? Begin(string name, ActivityKind kind = ActivityKind.Internal) => Source.StartActivity(name, kind);

    /// <summary>A span around a request with all its tries; null also where it belongs to no work, such as looking for messages.</summary>
    public static Activity? BeginWithin(string name) => Activity.Current is null ? null : Source.StartActivity(name);

    /// <summary>The same for a request to a table or queue.</summary>
    public static Activity? BeginWithin(StorageOperation operation)
    {
        var (name, target, isOnQueue) = operation;
        return BeginWithin($"{name} {target}")?
            .SetTag(isOnQueue ? "messaging.operation.name" : "db.operation.name", name)
            .SetTag(isOnQueue ? "messaging.destination.name" : "db.collection.name", target);
    }

    /// <summary>The template of the route that answers; null where none matched.</summary>
    public static string? RouteOf(HttpContext call) => (call.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;

    /// <summary>Tells the server's span what the call was, by its route and not by its path.</summary>
    public static void Answered(HttpContext call, string invocation)
    {
        if (Activity.Current is not { IsAllDataRequested: true, Source.Name: ServerSourceName } span)
        {
            return;
        }

        var (method, route, status) = (call.Request.Method, RouteOf(call), call.Response.StatusCode);
        method = Methods.Contains(method) ? method : Measures.Other;
        span.DisplayName = $"{(method == Measures.Other ? "HTTP" : method)} {route}".TrimEnd();
        span.SetTag("http.request.method", method);
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            span.SetStatus(ActivityStatusCode.Error);
            span.SetTag("error.type", $"{status}");
        }

        // The id under which the Functions host has this call.
        span.SetTag("faas.invocation_id", invocation);
    }
}
