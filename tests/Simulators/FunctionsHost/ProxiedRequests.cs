using Yarp.ReverseProxy.Forwarder;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>
/// What the host changes in a request that it proxies: <c>Host</c>, the forwarded headers (set, whatever came) and its own three
/// (azure-functions-host, DefaultHttpProxyService and ScriptInvocationRequestTransformer; YARP's defaults).
/// </summary>
internal sealed class ProxiedRequests : HttpTransformer
{
    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var id = Guid.NewGuid().ToString();
        proxyRequest.Headers.Host = null;

        // The platform's front end tells the true host and scheme (AppServiceHeaderFixupMiddleware).
        var headers = httpContext.Request.Headers;
        var host = headers["DISGUISED-HOST"].ToString() is { Length: > 0 } disguised ? disguised : httpContext.Request.Host.Value;
        var scheme = headers["X-Forwarded-Proto"].ToString() is { Length: > 0 } forwarded ? forwarded : httpContext.Request.Scheme;
        Set(proxyRequest, "X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
        Set(proxyRequest, "X-Forwarded-Host", host);
        Set(proxyRequest, "X-Forwarded-Proto", scheme);
        Set(proxyRequest, "X-Forwarded-Prefix", null);
        Set(proxyRequest, "x-ms-invocation-id", id);
        Set(proxyRequest, "X-Azure-Functions-InvocationId", id);
        Set(proxyRequest, "X-Azure-Functions-HostVersion", TriggerCalls.Version);
    }

    private static void Set(HttpRequestMessage request, string name, string? value)
    {
        request.Headers.Remove(name);
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
