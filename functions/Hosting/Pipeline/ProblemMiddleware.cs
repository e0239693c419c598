using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Hosting.Pipeline;

/// <summary>
/// Makes every failure of an HTTP call an answer of ours: an exception that reached the worker would be an empty 500. Where the answer has
/// begun, the exception goes on, and the host ends the connection.
/// </summary>
internal sealed class ProblemMiddleware(
    HostingOptions options, CallFailures failures, ILogger<ProblemMiddleware> log) : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var call = context.GetHttpContext()!;
        var deadline = CallDeadline.Find(call)!;
        var ids = new CallIds(Problem.TraceIdOf(call), context.InvocationId);
        try
        {
            await next(context);
        }
        catch (Exception exception) when (deadline.CallerIsGone && exception is OperationCanceledException or IOException)
        {
            CallLog.ClientGone(log, call.Request.Path);
            if (!call.Response.HasStarted)
            {
                call.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed && !call.Response.HasStarted)
        {
            CallLog.TooLong(log, call.Request.Path, options.CallLimit, ids.Trace, ids.Invocation);
            deadline.Lift();
            await Problem.Unavailable(TimeSpan.FromSeconds(2)).ExecuteAsync(call);
        }
        catch (Exception exception) when (!call.Response.HasStarted)
        {
            deadline.Lift();
            await failures.Answer(exception, call.Request.Path, ids).ExecuteAsync(call);
        }
    }
}
