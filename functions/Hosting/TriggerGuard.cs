using Prestage.Functions.Problems;

namespace Prestage.Functions.Hosting;

/// <summary>
/// Lets only the Functions host's own trigger deliveries in: what it proxies from outside always carries <c>x-ms-invocation-id</c>, a
/// delivery never does (azure-functions-host, DefaultHttpWorkerService). A forged one gets 404, as if there were no such route.
/// </summary>
internal sealed class TriggerGuard : IEndpointFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var headers = context.HttpContext.Request.Headers;
        var isDelivery = !headers.ContainsKey("x-ms-invocation-id")
            && headers.ContainsKey("X-Azure-Functions-InvocationId")
            && headers.UserAgent.ToString().StartsWith("Azure-Functions-Host/", StringComparison.Ordinal);
        return isDelivery ? await next(context) : Problem.NotFound("There is no such route.");
    }
}
