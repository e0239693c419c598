using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;

namespace Prestage.ContractWorker;

/// <summary>Functions that a caller starts; their names say what they do.</summary>
public sealed class HttpFunctions(ILogger<HttpFunctions> log)
{
    /// <summary>What the worker got: the request by the proxy, and the invocation's metadata.</summary>
    [Function("Echo")]
    public static async Task<IResult> EchoAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "api/echo/{number:int}/{**rest}")] HttpRequest request,
        int number,
        FunctionContext context)
    {
        using var reader = new StreamReader(request.Body);
        return Results.Text(
            new JsonObject
            {
                ["number"] = number,
                ["url"] = $"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}",
                ["peer"] = request.HttpContext.Connection.RemoteIpAddress?.ToString(),
                ["body"] = await reader.ReadToEndAsync(context.CancellationToken),
                ["headers"] = JsonSerializer.SerializeToNode(
                    request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString())),
                ["metadata"] = JsonSerializer.SerializeToNode(
                    context.BindingContext.BindingData.ToDictionary(pair => pair.Key, pair => pair.Value?.ToString())),
                ["invocation"] = context.InvocationId,
                ["traceParent"] = context.TraceContext.TraceParent,
                ["process"] = Environment.ProcessId,
            }.ToJsonString(),
            "application/json");
    }

    /// <summary>Logs, as its worker can.</summary>
    [Function("Log")]
    public IResult Log([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/log")] HttpRequest request)
    {
        ContractLog.Said(log, request.Path);
        Console.WriteLine("a line of the worker");
        Console.Error.WriteLine("a warning of the worker");
        Console.Error.WriteLine("a failure of the worker");
        return Results.NoContent();
    }

    [Function("Throw")]
    public static IResult Throw([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/throw")] HttpRequest request) =>
        throw new InvalidOperationException($"{request.Path} throws.");

    /// <summary>Starts its answer, then throws.</summary>
    [Function("ThrowLate")]
    public static async Task ThrowLateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/throw-late")] HttpRequest request)
    {
        await request.HttpContext.Response.WriteAsync("begun");
        await request.HttpContext.Response.Body.FlushAsync();
        throw new InvalidOperationException($"{request.Path} throws.");
    }

    /// <summary>Waits until its invocation or its request is cancelled, and writes which came.</summary>
    [Function("Wait")]
    public static async Task<IResult> WaitAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/wait")] HttpRequest request, CancellationToken cancellationToken)
    {
        Console.WriteLine("waiting");
        var gone = request.HttpContext.RequestAborted;
        await Task.WhenAny(EndAsync(gone), EndAsync(cancellationToken));
        if (request.Query.ContainsKey("both"))
        {
            await Task.WhenAll(EndAsync(gone), EndAsync(cancellationToken));
        }

        Console.WriteLine($"cancelled: invocation {cancellationToken.IsCancellationRequested}, request {gone.IsCancellationRequested}");
        return Results.Text("cancelled");
    }

    /// <summary>Takes its time, in milliseconds, and heeds no cancellation.</summary>
    [Function("Slow")]
    public static async Task<IResult> SlowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/slow/{milliseconds:int}")] HttpRequest request, int milliseconds)
    {
        Console.WriteLine($"slow {request.Path}");
        await Task.Delay(milliseconds, CancellationToken.None);
        return Results.Text("done");
    }

    /// <summary>Ends the process at once: <see cref="Environment.Exit"/> would wait for this call.</summary>
    [Function("End")]
    public static IResult End(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/end/{code:int}")] HttpRequest request, int code)
    {
        EndProcess(code);
        return Results.Text(request.Path);
    }

    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void EndProcess(int code);

    private static async Task EndAsync(CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(ended.SetResult);
        await ended.Task;
    }
}

internal static partial class ContractLog
{
    [LoggerMessage(1, LogLevel.Information, "said in {Path}")]
    public static partial void Said(ILogger log, string path);
}
