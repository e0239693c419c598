using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Prestage.Functions.Hosting.Pipeline;

/// <summary>
/// Gives an HTTP call its time limit, and one token for all that ends it: the limit, the caller's connection and the Functions host's
/// cancellation. It is <c>RequestAborted</c>; the token that a function can have as a parameter is the host's alone.
/// </summary>
internal sealed class CallLimitMiddleware(HostingOptions options, TimeProvider clock) : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        using var deadline = new CallDeadline(context.GetHttpContext()!, options.CallLimit, clock, context.CancellationToken);
        await next(context);
    }
}
