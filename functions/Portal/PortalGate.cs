using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>
/// Lets operators in, before anything else is looked at: readers may GET, operators may POST, and a POST must be JSON and not another site's.
/// </summary>
internal sealed partial class PortalGate(PortalOptions options, ILogger<PortalGate> log) : IFunctionsWorkerMiddleware
{
    private const string Bearer = "Bearer ";
    private readonly Secret? key = options.Key is { Length: > 0 } text ? new(text) : null;

    /// <summary>Whether a function is behind the gate: all of this namespace are.</summary>
    public static bool Guards(FunctionContext context) =>
        context.FunctionDefinition.EntryPoint.StartsWith($"{typeof(PortalGate).Namespace}.", StringComparison.Ordinal);

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext()!;
        http.Response.Headers.CacheControl = "no-store";
        var caller = Identify(http.Request);
        if (Refuse(http.Request, caller) is { } refused)
        {
            Log.Refused(log, http.Request.Method, http.Request.Path, refused.Status, refused.Code, caller?.Name ?? "nobody");
            context.GetInvocationResult().Value = refused;
            return;
        }

        http.Features.Set(caller);
        await next(context);
    }

    private Operator? Identify(HttpRequest request) => options.Auth switch
    {
        PortalAuth.Key => HasKey(request) ? new("portal-key", MayRead: true, MayChange: true) : null,
        PortalAuth.EasyAuth => ClientPrincipal.Read(request.Headers[ClientPrincipal.Header]),
        _ => null,
    };

    private bool HasKey(HttpRequest request) =>
        request.Headers.Authorization is [{ } shown] && shown.StartsWith(Bearer, StringComparison.Ordinal)
        && key?.FixedTimeEquals(shown[Bearer.Length..]) == true;

    private static Problem? Refuse(HttpRequest request, Operator? caller)
    {
        if (caller is null)
        {
            return Problem.OperatorUnknown();
        }

        if (HttpMethods.IsGet(request.Method))
        {
            return caller.MayRead ? null : Problem.Forbidden("Reading needs the role Prestage.Reader or Prestage.Operator.");
        }

        return caller switch
        {
            { MayChange: false } => Problem.Forbidden("This needs the role Prestage.Operator."),
            _ when !SameOrigin.Allows(request) => Problem.Forbidden("The call comes from a page of another site."),
            _ when !request.HasJsonContentType() => Problem.UnsupportedMediaType(),
            _ => null,
        };
    }

    private static partial class Log
    {
        [LoggerMessage(6001, LogLevel.Warning, "Portal: {Method} {Path} refused ({Status} {Code}) to {Name}")]
        public static partial void Refused(ILogger log, string method, string path, int status, string code, string name);
    }
}
