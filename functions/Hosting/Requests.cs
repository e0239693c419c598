using Prestage.Functions.Devices;
using Prestage.Functions.Health;
using Prestage.Functions.Problems;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.Hosting;

/// <summary>
/// Middleware around every call: at most 256 in flight, a time limit, one log line with what the call cost, and the one place where a failure
/// becomes an answer.
/// </summary>
internal sealed class Requests(
    bool hostAbove, HostingOptions options, CallsPerMac perMac, HealthWatch health, CallFailures failures, FirstAnswer first, TimeProvider clock,
    ILogger<Requests> log)
{
    private const int MostInFlight = 256;
    private int inFlight;

    /// <summary>Runs the rest of the pipeline.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var usage = CallUsage.Begin();
        var started = clock.GetTimestamp();
        var ids = new CallIds(Problem.TraceIdOf(context), (hostAbove ? Traces.InvocationOf(context) : null) ?? "none");
        using var deadline = new CallDeadline(context, IsOfApi(context) ? options.CallLimit : Timeout.InfiniteTimeSpan, clock);
        try
        {
            if (Interlocked.Increment(ref inFlight) > MostInFlight)
            {
                await Problem.Unavailable(TimeSpan.FromSeconds(1)).ExecuteAsync(context);
                return;
            }

            await next(context);
            if (usage.TableOperations + usage.DirectoryCalls > 0)
            {
                health.Hope();
            }
        }
        catch (Exception exception) when (deadline.CallerIsGone && exception is OperationCanceledException or IOException)
        {
            CallLog.ClientGone(log, context.Request.Path);
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed && !context.Response.HasStarted)
        {
            CallLog.TooLong(log, context.Request.Path, options.CallLimit, ids.Trace, ids.Invocation);
            deadline.Lift();
            await Problem.Unavailable(TimeSpan.FromSeconds(2)).ExecuteAsync(context);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            deadline.Lift();
            await failures.Answer(exception, context.Request.Path, ids).ExecuteAsync(context);
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
            first.Given();
            perMac.Leave(context);
            Traces.Answered(context);
            var milliseconds = clock.GetElapsedTime(started).TotalMilliseconds;
            CallLog.Answered(
                log, context.Request.Method, context.Request.Path, context.Response.StatusCode, milliseconds, usage.TableOperations, usage.DirectoryCalls,
                ids.Trace, ids.Invocation);
        }
    }

    // Not the host's own deliveries: a purge may take its time, and nobody waits.
    private static bool IsOfApi(HttpContext call) => call.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
}
