using Azure;
using Prestage.Functions.Devices;
using Prestage.Functions.Health;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;
using Prestage.Functions.Storage;
using Prestage.Functions.Telemetry;
using Prestage.Functions.Vault;

namespace Prestage.Functions.Hosting;

/// <summary>
/// Middleware around every call: at most 256 in flight, a time limit, one log line with what the call cost, and the one place where a failure
/// becomes an answer.
/// </summary>
internal sealed partial class Requests(
    bool hostAbove, HostingOptions options, CallsPerMac perMac, HealthWatch health, FirstAnswer first, TimeProvider clock, ILogger<Requests> log)
{
    private const int MostInFlight = 256;
    private int inFlight;

    /// <summary>Runs the rest of the pipeline.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var usage = CallUsage.Begin();
        var started = clock.GetTimestamp();
        var ids = new Ids(Problem.TraceIdOf(context), (hostAbove ? Traces.InvocationOf(context) : null) ?? "none");
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
            Log.ClientGone(log, context.Request.Path);
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed && !context.Response.HasStarted)
        {
            Log.TooLong(log, context.Request.Path, options.CallLimit, ids.Trace, ids.Invocation);
            deadline.Lift();
            await Problem.Unavailable(TimeSpan.FromSeconds(2)).ExecuteAsync(context);
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            deadline.Lift();
            await Answer(exception, context.Request.Path, ids).ExecuteAsync(context);
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
            first.Given();
            perMac.Leave(context);
            Traces.Answered(context);
            var milliseconds = clock.GetElapsedTime(started).TotalMilliseconds;
            Log.Answered(
                log, context.Request.Method, context.Request.Path, context.Response.StatusCode, milliseconds, usage.TableOperations, usage.DirectoryCalls,
                ids.Trace, ids.Invocation);
        }
    }

    // Not the host's own deliveries: a purge may take its time, and nobody waits.
    private static bool IsOfApi(HttpContext call) => call.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    private Problem Answer(Exception failed, string path, Ids ids)
    {
        if (failed is DirectoryException or SecretUnavailableException or RequestFailedException)
        {
            health.Doubt(failed);
        }

        switch (failed)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problem.TooLarge(Call.LimitBytes);
            case BadHttpRequestException:
                return Problem.InvalidRequest("body", "was not sent to its end.");
            case DirectoryException directory:
                Log.DirectoryFailed(log, path, ids.Trace, ids.Invocation, directory);
                return Problem.DirectoryUnavailable(directory.RetryAfter ?? TimeSpan.FromSeconds(directory.Failure == DirectoryFailure.Busy ? 2 : 30));
            case SecretUnavailableException secret:
                Log.DependencyFailed(log, path, ids.Trace, ids.Invocation, secret);
                return Problem.DirectoryUnavailable(TimeSpan.FromSeconds(5));
            case UnreadableRowException unreadable:
                Log.RowUnreadable(log, path, ids.Trace, ids.Invocation, unreadable);
                return Problem.RowUnreadable();
            case RequestFailedException:
                Log.DependencyFailed(log, path, ids.Trace, ids.Invocation, failed);
                return Problem.Unavailable(TimeSpan.FromSeconds(2));
            default:
                Log.Failed(log, path, ids.Trace, ids.Invocation, failed);
                return Problem.Internal();
        }
    }

    /// <summary>How a call is found again: in our answer and traces, and in the Functions host's own record.</summary>
    private readonly record struct Ids(string Trace, string Invocation);

    private static partial class Log
    {
        [LoggerMessage(9001, LogLevel.Information,
            "{Method} {Path} answered {Status} in {Milliseconds:0.0} ms: {TableOperations} table operations, {DirectoryCalls} directory calls, "
            + "trace {TraceId}, invocation {InvocationId}")]
        public static partial void Answered(
            ILogger log, string method, string path, int status, double milliseconds, int tableOperations, int directoryCalls, string traceId,
            string invocationId);

        [LoggerMessage(9002, LogLevel.Information, "{Path}: the caller has gone away")]
        public static partial void ClientGone(ILogger log, string path);

        [LoggerMessage(9006, LogLevel.Warning, "{Path}: not done within Hosting__CallLimit ({Limit}), trace {TraceId}, invocation {InvocationId}")]
        public static partial void TooLong(ILogger log, string path, TimeSpan limit, string traceId, string invocationId);

        [LoggerMessage(9003, LogLevel.Warning, "{Path}: JumpCloud did not do what was asked, trace {TraceId}, invocation {InvocationId}")]
        public static partial void DirectoryFailed(ILogger log, string path, string traceId, string invocationId, Exception reason);

        [LoggerMessage(9004, LogLevel.Error, "{Path}: storage or vault did not answer as they should, trace {TraceId}, invocation {InvocationId}")]
        public static partial void DependencyFailed(ILogger log, string path, string traceId, string invocationId, Exception reason);

        [LoggerMessage(9007, LogLevel.Error, "{Path}: a row that this version cannot read, trace {TraceId}, invocation {InvocationId}")]
        public static partial void RowUnreadable(ILogger log, string path, string traceId, string invocationId, Exception reason);

        [LoggerMessage(9005, LogLevel.Error, "{Path}: failed, trace {TraceId}, invocation {InvocationId}")]
        public static partial void Failed(ILogger log, string path, string traceId, string invocationId, Exception reason);
    }
}
