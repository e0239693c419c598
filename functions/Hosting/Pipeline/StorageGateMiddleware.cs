using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Prestage.Functions.Hosting.Pipeline;

/// <summary>Innermost, after whoever may refuse a call: lets HTTP calls that need tables and queues through when these are there.</summary>
internal sealed class StorageGateMiddleware(StorageReady storage) : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } call && await storage.RefuseAsync(call) is { } unready)
        {
            context.GetInvocationResult().Value = unready;
            return;
        }

        await next(context);
    }
}
