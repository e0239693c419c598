using System.Globalization;
using Prestage.Simulators.FunctionsHost.Rpc;
using Prestage.Simulators.FunctionsHost.Worker;

namespace Prestage.Simulators.FunctionsHost.Triggers;

/// <summary>
/// Sends invocations to the worker, whatever starts them, and logs them as the host does. One that takes longer than <c>functionTimeout</c>
/// is cancelled; where the function does not heed that, its worker is replaced.
/// </summary>
internal sealed class FunctionInvoker(WorkerSupervisor supervisor, HostJson host, TimeSpan cancellationGrace, HostLog log)
{
    /// <summary>
    /// One invocation; whether it succeeded. <paramref name="forward"/> starts the proxied request, before the worker hears of the
    /// invocation; <paramref name="cancellationToken"/> cancels the function, whose answer is still waited for.
    /// </summary>
    public async Task<bool> InvokeAsync(
        FunctionTrigger trigger, InvocationRequest request, string reason, Action<RunningWorker>? forward = null,
        CancellationToken cancellationToken = default)
    {
        var (name, id) = (trigger.Name, request.InvocationId);
        log.Write("Information", $"Function.{name}", $"Executing 'Functions.{name}' (Reason='{reason}', Id={id})");
        log.Begin(id, name);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var failure = await RunAsync(request, name, forward, cancellationToken);
        log.End(id);
        var took = string.Create(CultureInfo.InvariantCulture, $"Duration={clock.ElapsedMilliseconds}ms");
        if (failure is null)
        {
            log.Write("Information", $"Function.{name}", $"Executed 'Functions.{name}' (Succeeded, Id={id}, {took})");
            return true;
        }

        log.Write("Error", $"Function.{name}", $"Executed 'Functions.{name}' (Failed, Id={id}, {took}): {failure}");
        return false;
    }

    // Why it failed; null where it did not.
    private async Task<string?> RunAsync(
        InvocationRequest request, string name, Action<RunningWorker>? forward, CancellationToken cancellationToken)
    {
        try
        {
            var running = await supervisor.ReadyAsync(cancellationToken);
            await running.Session.LoadedAsync(request.FunctionId);
            forward?.Invoke(running);
            var answer = running.Session.InvokeAsync(request);
            await using var cancelling = cancellationToken.Register(() => running.Session.Cancel(request.InvocationId));
            return Failure(await LimitedAsync(running, request, name, answer));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return "the caller has gone away";
        }
        catch (Exception exception) when (exception is WorkerLostException or HostStoppedException or TimeoutException)
        {
            return exception.Message;
        }
    }

    private async Task<InvocationResponse> LimitedAsync(
        RunningWorker running, InvocationRequest request, string name, Task<InvocationResponse> answer)
    {
        try
        {
            return await answer.WaitAsync(host.FunctionTimeout);
        }
        catch (TimeoutException)
        {
            var late = $"Timeout value of {host.FunctionTimeout} exceeded by function 'Functions.{name}' (Id: '{request.InvocationId}').";
            log.Write("Error", $"Function.{name}", $"{late} Initiating cancellation.");
        }

        running.Session.Cancel(request.InvocationId);
        try
        {
            return await answer.WaitAsync(cancellationGrace);
        }
        catch (TimeoutException)
        {
            await supervisor.ReplaceAsync(running);
            throw new TimeoutException($"timeout of {host.FunctionTimeout}; the function did not heed its cancellation");
        }
    }

    private static string? Failure(InvocationResponse answer) => answer.Result.Status switch
    {
        StatusResult.Types.Status.Success => null,
        var status => answer.Result.Exception is { } exception ? $"{exception.Type}: {exception.Message}\n{exception.StackTrace}" : status.ToString(),
    };
}
