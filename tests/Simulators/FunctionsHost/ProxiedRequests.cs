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
        Set(proxyRequest, "X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
        Set(proxyRequest, "X-Forwarded-Host", httpContext.Request.Host.Value);
        Set(proxyRequest, "X-Forwarded-Proto", httpContext.Request.Scheme);
        Set(proxyRequest, "x-ms-invocation-id", id);
        Set(proxyRequest, "X-Azure-Functions-InvocationId", id);
        Set(proxyRequest, "X-Azure-Functions-HostVersion", TriggerCalls.Version);
    }

    private static void Set(HttpRequestMessage request, string name, string? value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }
}
