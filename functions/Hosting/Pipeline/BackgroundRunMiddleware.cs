using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.Hosting.Pipeline;

/// <summary>
/// Around every run that no call asks for: the tables and queues are waited for, what the run cost is logged, and a failure is. It goes on
/// to the host, which delivers the message again.
/// </summary>
internal sealed class BackgroundRunMiddleware(
    StorageReady storage, CallFailures failures, TimeProvider clock, ILogger<BackgroundRunMiddleware> log) : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var usage = CallUsage.Begin();
        var started = clock.GetTimestamp();
        var function = context.FunctionDefinition.Name;
        var isMessage = context.FunctionDefinition.InputBindings.Values.Any(binding => binding.Type == "queueTrigger");
        using var span = Traces.Begin(function, isMessage ? ActivityKind.Consumer : ActivityKind.Internal);
        span?.SetTag("faas.invocation_id", context.InvocationId);
        var ids = new CallIds(span?.TraceId.ToHexString() ?? "none", context.InvocationId);
        var outcome = "failed";
        try
        {
            await storage.WaitAsync(context.CancellationToken);
            await next(context);
            outcome = "succeeded";
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            outcome = "cancelled";
            throw;
        }
        catch (Exception exception)
        {
            failures.Note(exception, function, ids);
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            var milliseconds = clock.GetElapsedTime(started).TotalMilliseconds;
            CallLog.Ran(log, function, outcome, milliseconds, usage.TableOperations, usage.DirectoryCalls, ids.Trace, ids.Invocation);
        }
    }
}
