using System.Diagnostics;
using System.Net;
using System.Text;
using Prestage.Simulators.FunctionsHost.Rpc;
using Prestage.Simulators.FunctionsHost.Triggers;
using Prestage.Simulators.FunctionsHost.Worker;
using Yarp.ReverseProxy.Forwarder;

namespace Prestage.Simulators.FunctionsHost.Http;

/// <summary>
/// One HTTP call: the forward begins first, then the invocation. Where that fails and nothing was answered yet, the answer is 500 and empty
/// (azure-functions-host, FunctionInvocationMiddleware, DefaultHttpProxyService and ExceptionMiddleware).
/// </summary>
internal sealed class HttpInvocations(FunctionInvoker invoker, HostJson host, TimeSpan activityTimeout) : IDisposable
{
    // How long a forward may outlive its invocation.
    private static readonly TimeSpan ForwardGrace = TimeSpan.FromSeconds(5);

    private readonly ForwarderRequestConfig config = new() { ActivityTimeout = activityTimeout };

    private readonly HttpMessageInvoker client = new(new RetriedConnections(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,

        // The caller's own trace goes on as it came.
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
    }));

    /// <summary>Answers the call by the function.</summary>
    public async Task HandleAsync(HttpContext context, HttpTrigger trigger)
    {
        var request = TriggerData.Http(trigger, context, await JsonBodyAsync(context.Request));
        if (host.UsesOpenTelemetry)
        {
            request.TraceContext = Trace(context.Request);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var forwarder = context.RequestServices.GetRequiredService<IHttpForwarder>();
        Task<ForwarderError>? forward = null;
        var succeeded = await invoker.InvokeAsync(
            trigger, request, "This function was programmatically called via the host APIs.", Forward, context.RequestAborted);
        var error = forward is null ? ForwarderError.None : await EndAsync(forward, over);
        if ((!succeeded || error != ForwarderError.None) && !context.Response.HasStarted)
        {
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        void Forward(RunningWorker running) => forward = forwarder.SendAsync(
            context, running.HttpAddress.AbsoluteUri, client, config, new ForwardedRequest(request.InvocationId), over.Token).AsTask();
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private static async Task<ForwarderError> EndAsync(Task<ForwarderError> forward, CancellationTokenSource over)
    {
        try
        {
            return await forward.WaitAsync(ForwardGrace);
        }
        catch (TimeoutException)
        {
            await over.CancelAsync();
            return await forward;
        }
    }

    // Its members become metadata; the worker gets the same bytes by the proxy.
    private static async Task<string?> JsonBodyAsync(HttpRequest request)
    {
        if (!request.HasJsonContentType() || request.ContentLength == 0)
        {
            return null;
        }

        request.EnableBuffering();
        using var reader = new StreamReader(request.Body, Encoding.UTF8, leaveOpen: true);
        var text = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        request.Body.Position = 0;
        return text;
    }

    // A span of the host's own in the caller's trace.
    private static RpcTraceContext Trace(HttpRequest request)
    {
        var traceId = ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, out var parent)
            ? parent.TraceId
            : ActivityTraceId.CreateRandom();
        var span = ActivitySpanId.CreateRandom();
        return new() { TraceParent = $"00-{traceId}-{span}-01", TraceState = request.Headers.TraceState.ToString() };
    }
}
