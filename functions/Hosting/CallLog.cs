namespace Prestage.Functions.Hosting;

/// <summary>How a call is found again: in our answer and traces, and in the Functions host's own record.</summary>
internal readonly record struct CallIds(string Trace, string Invocation);

/// <summary>What is logged of every call, and of every run that no call asks for.</summary>
internal static partial class CallLog
{
    [LoggerMessage(9001, LogLevel.Information,
        "{Method} {Path} answered {Status} in {Milliseconds:0.0} ms: {TableOperations} table operations, {DirectoryCalls} directory calls, "
        + "trace {TraceId}, invocation {InvocationId}")]
    public static partial void Answered(
        ILogger log, string method, string path, int status, double milliseconds, int tableOperations, int directoryCalls, string traceId,
        string invocationId);

    [LoggerMessage(9002, LogLevel.Information, "{Path}: the caller has gone away")]
    public static partial void ClientGone(ILogger log, string path);

    [LoggerMessage(9006, LogLevel.Warning,
        "{Path}: not done within Hosting__CallLimit ({Limit}), trace {TraceId}, invocation {InvocationId}")]
    public static partial void TooLong(ILogger log, string path, TimeSpan limit, string traceId, string invocationId);

    [LoggerMessage(9003, LogLevel.Warning, "{Path}: JumpCloud did not do what was asked, trace {TraceId}, invocation {InvocationId}")]
    public static partial void DirectoryFailed(ILogger log, string path, string traceId, string invocationId, Exception reason);

    [LoggerMessage(9004, LogLevel.Error,
        "{Path}: storage or vault did not answer as they should, trace {TraceId}, invocation {InvocationId}")]
    public static partial void DependencyFailed(ILogger log, string path, string traceId, string invocationId, Exception reason);

    [LoggerMessage(9007, LogLevel.Error, "{Path}: a row that this version cannot read, trace {TraceId}, invocation {InvocationId}")]
    public static partial void RowUnreadable(ILogger log, string path, string traceId, string invocationId, Exception reason);

    [LoggerMessage(9005, LogLevel.Error, "{Path}: failed, trace {TraceId}, invocation {InvocationId}")]
    public static partial void Failed(ILogger log, string path, string traceId, string invocationId, Exception reason);

    [LoggerMessage(9008, LogLevel.Information,
        "{Function} ended ({Outcome}) in {Milliseconds:0.0} ms: {TableOperations} table operations, {DirectoryCalls} directory calls, "
        + "trace {TraceId}, invocation {InvocationId}")]
    public static partial void Ran(
        ILogger log, string function, string outcome, double milliseconds, int tableOperations, int directoryCalls, string traceId,
        string invocationId);
}
