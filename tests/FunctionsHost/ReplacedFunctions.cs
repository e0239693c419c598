using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Invocation;
using Prestage.Functions.Hosting;
using Prestage.Wire;

namespace Prestage.Tests.FunctionsHost;

/// <summary>What stands in the place of a function where a call has the query parameter <c>act</c>: what no function of the backend does.</summary>
internal sealed class ReplacedFunctions
{
    private readonly TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a call waits for its token.</summary>
    public Task Waiting => waiting.Task;

    /// <summary>Completes when such a call's token is cancelled.</summary>
    public Task Cancelled => cancelled.Task;

    /// <summary>Runs the function itself where a call asks for nothing else.</summary>
    public IFunctionExecutor Around(IFunctionExecutor function) => new Executor(this, function);

    private async Task<object?> ActAsync(string act, HttpRequest request)
    {
        switch (act)
        {
            case "throw":
                throw new InvalidOperationException($"{request.Path} throws.");
            case "nothing":
                return null;
            case "text":
                return "text";
            case "secret":
                return Results.Json(new { secret = string.Concat("canary-", request.Query["part"]) });
            case "body":
                var call = await Call.ReadAsync(request, WireJson.Default.VerifyRequest, request.HttpContext.RequestAborted);
                return call.Problem is null ? Results.NoContent() : call.Problem;
            default:
                await WaitAsync(request.HttpContext.RequestAborted);
                return Results.NoContent();
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        waiting.TrySetResult();
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            cancelled.TrySetResult();
        }
    }

    private sealed class Executor(ReplacedFunctions replaced, IFunctionExecutor function) : IFunctionExecutor
    {
        public async ValueTask ExecuteAsync(FunctionContext context)
        {
            if (context.GetHttpContext()?.Request is { } request && request.Query["act"].ToString() is { Length: > 0 } act)
            {
                context.GetInvocationResult().Value = await replaced.ActAsync(act, request);
                return;
            }

            await function.ExecuteAsync(context);
        }
    }
}
