using Yarp.ReverseProxy.Forwarder;

namespace Prestage.Simulators.FunctionsHost.Http;

/// <summary>
/// What the host changes in a request that it forwards: <c>Host</c>, the forwarded headers (set, whatever came), and the invocation's id,
/// which a caller's own cannot stand for (azure-functions-host, DefaultHttpProxyService; YARP's defaults).
/// </summary>
internal sealed class ForwardedRequest(string invocationId) : HttpTransformer
{
    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.Headers.Host = null;

        // The platform's front end tells the true host and scheme (AppServiceHeaderFixupMiddleware).
        var headers = httpContext.Request.Headers;
        var host = headers["DISGUISED-HOST"].ToString() is { Length: > 0 } disguised ? disguised : httpContext.Request.Host.Value;
        var scheme = headers["X-Forwarded-Proto"].ToString() is { Length: > 0 } forwarded ? forwarded : httpContext.Request.Scheme;
        Set(proxyRequest, "X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
        Set(proxyRequest, "X-Forwarded-Host", host);
        Set(proxyRequest, "X-Forwarded-Proto", scheme);
        Set(proxyRequest, "X-Forwarded-Prefix", null);
        Set(proxyRequest, "Forwarded", null);
        Set(proxyRequest, "x-ms-invocation-id", invocationId);
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
