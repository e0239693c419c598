using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Prestage.Functions.Hosting.Pipeline;

/// <summary>
/// Writes a function's result to the HTTP answer, and takes it from the invocation: the worker would serialize it once more into its
/// message to the host, token included. What is no <see cref="IResult"/> would be an empty 200.
/// </summary>
internal sealed class ResultMiddleware : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        await next(context);
        var call = context.GetHttpContext()!;
        var invocation = context.GetInvocationResult();
        var result = invocation.Value;
        invocation.Value = null;
        if (result is IResult answer)
        {
            await answer.ExecuteAsync(call);
        }
        else if (!call.Response.HasStarted)
        {
            throw new InvalidOperationException(
                $"{context.FunctionDefinition.Name} gave {result?.GetType().Name ?? "nothing"} instead of an IResult.");
        }
    }
}
