namespace Prestage.Simulators.FunctionsHost.Worker;

/// <summary>A running worker, in a process of its own or in this one. Disposing ends it at once.</summary>
internal interface IWorker : IAsyncDisposable
{
    /// <summary>The process that it runs in; that of its guard, where one stands between.</summary>
    int ProcessId { get; }

    /// <summary>Completes with the exit code; 137 after SIGKILL.</summary>
    Task<int> Exited { get; }

    /// <summary>Where it listens, where that is known better than the worker announces; else null.</summary>
    Uri? HttpAddress { get; }

    /// <summary>The last lines of what it wrote as errors.</summary>
    IReadOnlyList<string> Errors { get; }

    /// <summary>SIGKILL.</summary>
    void Kill();
}

/// <summary>Starts workers.</summary>
internal interface IWorkerLauncher
{
    /// <summary>Starts one, which connects to the host by itself; <paramref name="onLine"/> gets what it writes.</summary>
    Task<IWorker> LaunchAsync(WorkerStart start, Action<Processes.ChildLine> onLine, CancellationToken cancellationToken);
}

/// <summary>What a worker is told at its start.</summary>
/// <param name="Host">The gRPC server.</param>
/// <param name="Folder">The folder of the function app.</param>
/// <param name="Settings">The app's settings, environment variables of the worker.</param>
internal sealed record WorkerStart(Uri Host, string WorkerId, string Folder, IReadOnlyDictionary<string, string?> Settings)
{
    private readonly string requestId = Guid.NewGuid().ToString();

    /// <summary>The arguments, first the older names: as the real host gives them.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        "--host", Host.Host, "--port", $"{Host.Port}", "--workerId", WorkerId, "--requestId", requestId,
        "--grpcMaxMessageLength", $"{int.MaxValue}",
        "--functions-uri", Host.AbsoluteUri, "--functions-worker-id", WorkerId, "--functions-request-id", requestId,
        "--functions-grpc-max-message-length", $"{int.MaxValue}",
    ];

    /// <summary>The same as configuration, for a worker that has no command line of its own.</summary>
    public IReadOnlyDictionary<string, string?> Configuration => new Dictionary<string, string?>
    {
        ["Functions:Worker:HostEndpoint"] = Host.AbsoluteUri,
        ["Functions:Worker:WorkerId"] = WorkerId,
        ["Functions:Worker:RequestId"] = requestId,
        ["Functions:Worker:GrpcMaxMessageLength"] = $"{int.MaxValue}",
    };
}
