using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Prestage.Simulators.FunctionsHost.Rpc;

/// <summary>
/// The stream of one worker, from its StartStream to its end. Answers find their questions by what they are about: the real host compares
/// request ids for the status alone. Safe for concurrent use.
/// </summary>
internal sealed class WorkerSession(Action<StreamingMessage> onMessage, Action<RpcLog> onLog)
{
    private readonly Channel<StreamingMessage> outgoing = Channel.CreateUnbounded<StreamingMessage>(new() { SingleReader = true });
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResponse>> invocations = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StatusResult>> loads = new();
    private readonly TaskCompletionSource started = Source();
    private readonly TaskCompletionSource<WorkerInitResponse> initialized = Source<WorkerInitResponse>();
    private readonly TaskCompletionSource<FunctionMetadataResponse> indexed = Source<FunctionMetadataResponse>();
    private readonly ConcurrentQueue<TaskCompletionSource> pings = new();
    private readonly TaskCompletionSource closed = Source();
    private volatile WorkerLostException? lost;

    /// <summary>Completes with the worker's first message.</summary>
    public Task Started => started.Task;

    /// <summary>Reads and writes until the worker hangs up or <see cref="Close"/>.</summary>
    public async Task ServeAsync(
        IAsyncStreamReader<StreamingMessage> requests, IServerStreamWriter<StreamingMessage> responses, CancellationToken cancellationToken)
    {
        started.TrySetResult();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(requests, over.Token);
        var writing = WriteAsync(responses, over.Token);
        await Task.WhenAny(reading, writing, closed.Task);
        await over.CancelAsync();
        await Task.WhenAll(reading, writing);
    }

    /// <summary>Ends the stream from the host's side.</summary>
    public void Close() => closed.TrySetResult();

    /// <summary>Greets the worker; its capabilities tell where it listens.</summary>
    public async Task<WorkerInitResponse> InitializeAsync(
        string folder, string hostVersion, TimeSpan limit, CancellationToken cancellationToken)
    {
        var request = new WorkerInitRequest { HostVersion = hostVersion, WorkerDirectory = folder, FunctionAppDirectory = folder };
        request.Capabilities.Add("MultiStream", "10");
        Send(new() { WorkerInitRequest = request });
        return await initialized.Task.WaitAsync(limit, cancellationToken);
    }

    /// <summary>Asks which functions there are.</summary>
    public async Task<FunctionMetadataResponse> IndexAsync(string folder, TimeSpan limit, CancellationToken cancellationToken)
    {
        Send(new() { FunctionsMetadataRequest = new() { FunctionAppDirectory = folder } });
        return await indexed.Task.WaitAsync(limit, cancellationToken);
    }

    /// <summary>Asks for a function to be loaded; its answer may come in any order.</summary>
    public Task<StatusResult> LoadAsync(RpcFunctionMetadata function)
    {
        var answer = loads[function.FunctionId] = Source<StatusResult>();
        Send(new() { FunctionLoadRequest = new() { FunctionId = function.FunctionId, Metadata = function } });
        return answer.Task;
    }

    /// <summary>Waits until a function that was asked for is loaded.</summary>
    /// <exception cref="WorkerLostException">The worker died meanwhile.</exception>
    public Task LoadedAsync(string functionId) => loads[functionId].Task;

    /// <summary>One invocation of a loaded function.</summary>
    /// <exception cref="WorkerLostException">The worker died meanwhile.</exception>
    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request)
    {
        var answer = invocations[request.InvocationId] = Source<InvocationResponse>();
        try
        {
            // Who comes after the worker's death is not among those whom it fails.
            if (lost is not null)
            {
                throw lost;
            }

            Send(new() { InvocationRequest = request });
            return await answer.Task;
        }
        finally
        {
            invocations.TryRemove(request.InvocationId, out _);
        }
    }

    /// <summary>Cancels the token of an invocation, which still answers.</summary>
    public void Cancel(string invocationId) => Send(new() { InvocationCancel = new() { InvocationId = invocationId } });

    /// <summary>Asks the worker to end within the time.</summary>
    public void Terminate(TimeSpan grace) => Send(new() { WorkerTerminate = new() { GracePeriod = Duration.FromTimeSpan(grace) } });

    /// <summary>Asks whether the worker still answers.</summary>
    public Task PingAsync()
    {
        var answer = Source();
        pings.Enqueue(answer);
        Send(new() { WorkerStatusRequest = new() });
        return answer.Task;
    }

    /// <summary>The worker is dead: whoever waits for it learns so.</summary>
    public void Fail(string reason)
    {
        var lost = this.lost = new(reason);
        started.TrySetException(lost);
        initialized.TrySetException(lost);
        indexed.TrySetException(lost);
        foreach (var load in loads.Values)
        {
            load.TrySetException(lost);
        }

        foreach (var invocation in invocations.Values)
        {
            invocation.TrySetException(lost);
        }

        Close();
    }

    private void Send(StreamingMessage message)
    {
        message.RequestId = Guid.NewGuid().ToString();
        outgoing.Writer.TryWrite(message);
    }

    private async Task WriteAsync(IServerStreamWriter<StreamingMessage> responses, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in outgoing.Reader.ReadAllAsync(cancellationToken))
            {
                await responses.WriteAsync(message, cancellationToken);
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The worker's process tells how it ended.
        }
    }

    private async Task ReadAsync(IAsyncStreamReader<StreamingMessage> requests, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in requests.ReadAllAsync(cancellationToken))
            {
                Receive(message);
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The worker's process tells how it ended.
        }
    }

    private static bool IsEnd(Exception exception) =>
        exception is IOException or OperationCanceledException or InvalidOperationException or Grpc.Core.RpcException;

    private void Receive(StreamingMessage message)
    {
        onMessage(message);
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.RpcLog:
                onLog(message.RpcLog);
                break;
            case StreamingMessage.ContentOneofCase.WorkerInitResponse:
                initialized.TrySetResult(message.WorkerInitResponse);
                break;
            case StreamingMessage.ContentOneofCase.FunctionMetadataResponse:
                indexed.TrySetResult(message.FunctionMetadataResponse);
                break;
            case StreamingMessage.ContentOneofCase.FunctionLoadResponse when loads.TryGetValue(
                message.FunctionLoadResponse.FunctionId, out var load):
                load.TrySetResult(message.FunctionLoadResponse.Result);
                break;
            case StreamingMessage.ContentOneofCase.InvocationResponse
                when invocations.TryGetValue(message.InvocationResponse.InvocationId, out var invocation):
                invocation.TrySetResult(message.InvocationResponse);
                break;
            case StreamingMessage.ContentOneofCase.WorkerStatusResponse when pings.TryDequeue(out var ping):
                ping.TrySetResult();
                break;
            default:
                // A worker answers a cancellation and WorkerTerminate with a message that holds nothing.
                break;
        }
    }

    private static TaskCompletionSource Source() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource<T> Source<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>The worker's process ended while an answer of it was awaited.</summary>
internal sealed class WorkerLostException(string message) : Exception(message);
