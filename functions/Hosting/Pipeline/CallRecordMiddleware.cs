using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Prestage.Functions.Devices;
using Prestage.Functions.Health;
using Prestage.Functions.Problems;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.Hosting.Pipeline;

/// <summary>Around every HTTP call: at most 256 in flight, and one log line with what the call cost.</summary>
internal sealed class CallRecordMiddleware(
    CallsPerMac perMac, HealthWatch health, TimeProvider clock, ILogger<CallRecordMiddleware> log) : IFunctionsWorkerMiddleware
{
    private const int MostInFlight = 256;
    private int inFlight;

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var call = context.GetHttpContext()!;

        // The function does not run in the request's asynchronous flow: without this the server's span would have no children.
        Activity.Current = call.Features.Get<IHttpActivityFeature>()?.Activity;
        var usage = CallUsage.Begin();
        var started = clock.GetTimestamp();
        var trace = Problem.TraceIdOf(call);
        try
        {
            if (Interlocked.Increment(ref inFlight) > MostInFlight)
            {
                await Problem.Unavailable(TimeSpan.FromSeconds(1)).ExecuteAsync(call);
                return;
            }

            await next(context);
            if (usage.TableOperations + usage.DirectoryCalls > 0 && call.Response.StatusCode < StatusCodes.Status500InternalServerError)
            {
                health.Hope();
            }
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
            perMac.Leave(call);
            Traces.Answered(call, context.InvocationId);
            var milliseconds = clock.GetElapsedTime(started).TotalMilliseconds;
            CallLog.Answered(
                log, call.Request.Method, call.Request.Path, call.Response.StatusCode, milliseconds, usage.TableOperations,
                usage.DirectoryCalls, trace, context.InvocationId);
        }
    }
}
