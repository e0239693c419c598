using Prestage.Simulators.FunctionsHost.Rpc;

namespace Prestage.Simulators.FunctionsHost.Worker;

/// <summary>
/// Keeps one worker running as the host does: started and greeted; after an error started again, the first time at once, then after a
/// pause; after the third error never again. Exit code 200 asks for a new start, and 0 for none.
/// </summary>
internal sealed class WorkerSupervisor(
    RpcServer rpc, LocalFunctionsHostOptions options, string folder, HostJson host, HostLog log) : IAsyncDisposable
{
    /// <summary>What the host calls itself.</summary>
    public const string Version = "4.1052.100.0";

    private const int MostErrors = 3;
    private const int Restart = 200;
    private static readonly TimeSpan ErrorWindow = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan InitializationLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource<IReadOnlyList<RpcFunctionMetadata>> indexed = new(
        TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<DateTimeOffset> errors = [];
    private IReadOnlyList<RpcFunctionMetadata> functions = [];
    private volatile TaskCompletionSource<RunningWorker> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RunningWorker? present;
    private Task life = Task.CompletedTask;

    private TimeSpan LoadLimit => host.FunctionTimeout > TimeSpan.FromMinutes(1) ? host.FunctionTimeout : TimeSpan.FromMinutes(1);

    /// <summary>How often a worker was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Completes when the host gives up after the third error.</summary>
    public Task GivenUp => givenUp.Task;

    /// <summary>The present worker.</summary>
    public IWorker Worker => present!.Worker;

    /// <summary>
    /// Starts the first worker and learns its functions. Throws <see cref="WorkerStartException"/> when it ends before: there is no second
    /// try.
    /// </summary>
    public async Task<IReadOnlyList<RpcFunctionMetadata>> StartAsync(CancellationToken cancellationToken)
    {
        life = LiveAsync();
        await Task.WhenAny(indexed.Task, life).WaitAsync(cancellationToken);
        if (life.IsFaulted)
        {
            // The worker was not even built: nobody else tells why.
            await life;
        }

        return await indexed.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Loads the functions in this order, in this worker and each that follows it.</summary>
    public async Task LoadAsync(IReadOnlyList<RpcFunctionMetadata> ordered, CancellationToken cancellationToken)
    {
        functions = ordered;
        var running = present!;
        await Task.WhenAll(Load(running)).WaitAsync(LoadLimit, cancellationToken);
        Announce(running);
    }

    /// <summary>
    /// The worker that takes invocations, waited for while one starts. Throws <see cref="HostStoppedException"/> when there will be none.
    /// </summary>
    public async Task<RunningWorker> ReadyAsync(CancellationToken cancellationToken) => await ready.Task.WaitAsync(cancellationToken);

    /// <summary>Ends a worker that does not do what it is asked, and has another one started: no error of the worker's.</summary>
    public async Task ReplaceAsync(RunningWorker running)
    {
        running.IsReplaced = true;
        await EndAsync(running);
    }

    /// <summary>Asks the worker to end, and kills it after the grace.</summary>
    public async Task TerminateAsync()
    {
        await stopping.CancelAsync();
        if (present is { } running)
        {
            await EndAsync(running);
        }

        await life;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (present is { } running)
        {
            await running.Worker.DisposeAsync();
        }

        await life;
        stopping.Dispose();
    }

    private async Task EndAsync(RunningWorker running)
    {
        running.Session.Terminate(Grace);
        try
        {
            await running.Worker.Exited.WaitAsync(Grace);
        }
        catch (TimeoutException)
        {
            log.Error($"The worker did not end within {Grace}. It is killed.");
            running.Worker.Kill();
            await running.Worker.Exited;
        }
    }

    private async Task LiveAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            var workerId = Guid.NewGuid().ToString();
            var session = new WorkerSession(options.OnWorkerMessage ?? (_ => { }), log.Rpc);
            rpc.Expect(workerId, session);
            var startedAt = options.Clock.GetUtcNow();
            Starts++;
            var worker = await options.Launcher.LaunchAsync(
                new(rpc.Address, workerId, folder, options.Settings), line => log.Console(line.Text, line.IsError), CancellationToken.None);
            var running = present = new(worker, session);
            var greeting = stopping.IsCancellationRequested ? Task.CompletedTask : GreetAsync(running);
            if (stopping.IsCancellationRequested)
            {
                // The one that disposes may not have seen this worker.
                await worker.DisposeAsync();
            }

            var code = await worker.Exited;
            var goesOn = !stopping.IsCancellationRequested && Judge(running, code);
            if (goesOn || code != 0)
            {
                ready = ready.Task.IsCompleted ? new(TaskCreationOptions.RunContinuationsAsynchronously) : ready;
            }

            // What runs in a worker that ended with 0 or 200 waits for an answer that never comes.
            if (!running.IsReady || running.IsReplaced || stopping.IsCancellationRequested || code is not (0 or Restart))
            {
                session.Fail($"The worker ended with {code}.");
            }

            await greeting;
            rpc.Forget(workerId);
            await worker.DisposeAsync();
            if (!goesOn)
            {
                if (code != 0 || stopping.IsCancellationRequested)
                {
                    ready.TrySetException(new HostStoppedException());
                }

                return;
            }

            await PauseAsync(code, running, startedAt);
        }
    }

    // Whether another worker follows.
    private bool Judge(RunningWorker running, int code)
    {
        if (functions.Count == 0)
        {
            indexed.TrySetException(
                new WorkerStartException(code, $"The worker ended with {code} at its start. {string.Join('\n', running.Worker.Errors)}"));
            return false;
        }

        if (running.IsReplaced || code == Restart)
        {
            return true;
        }

        if (code == 0)
        {
            return false;
        }

        var now = options.Clock.GetUtcNow();
        if (errors.Count > 0 && now - errors[^1] > ErrorWindow)
        {
            errors.Clear();
        }

        errors.Add(now);
        log.Error($"The worker ended with {code}. {string.Join(' ', running.Worker.Errors.TakeLast(3))}");
        if (errors.Count < MostErrors)
        {
            return true;
        }

        log.Error("The worker ended with errors too often. The host stops.");
        givenUp.TrySetResult();
        return false;
    }

    private async Task PauseAsync(int code, RunningWorker running, DateTimeOffset startedAt)
    {
        if (errors.Count > 1 && code != Restart && !running.IsReplaced && options.Clock.GetUtcNow() - startedAt < options.RestartPause)
        {
            try
            {
                await Task.Delay(options.RestartPause, options.Clock, stopping.Token);
            }
            catch (OperationCanceledException)
            {
                // The host ends.
            }
        }
    }

    private async Task GreetAsync(RunningWorker running)
    {
        try
        {
            await running.Session.Started.WaitAsync(StartLimit);
            var greeted = await running.Session.InitializeAsync(folder, Version, InitializationLimit, CancellationToken.None);
            running.HttpAddress = running.Worker.HttpAddress
                ?? new(greeted.Capabilities.GetValueOrDefault("HttpUri")
                    ?? throw new InvalidDataException("The worker does not proxy HTTP."));
            if (functions.Count > 0)
            {
                // The functions are known by now; invocations wait for their function alone.
                _ = Load(running);
                Announce(running);
                return;
            }

            var answer = await running.Session.IndexAsync(folder, LoadLimit, CancellationToken.None);
            if (answer.UseDefaultMetadataIndexing)
            {
                throw new InvalidDataException("The worker wants the host to read functions.metadata, which is not played here.");
            }

            indexed.TrySetResult([.. answer.FunctionMetadataResults]);
        }
        catch (WorkerLostException)
        {
            // Its exit code tells more.
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidDataException)
        {
            log.Error($"The worker did not start as it should: {exception.Message}");
            running.Worker.Kill();
        }
    }

    private List<Task> Load(RunningWorker running) => [.. functions.Select(async function =>
    {
        try
        {
            var result = await running.Session.LoadAsync(function);
            if (result.Status != StatusResult.Types.Status.Success)
            {
                log.Error($"The function {function.Name} was not loaded: {result.Exception?.Message}");
            }
        }
        catch (WorkerLostException)
        {
            // Its exit code tells more.
        }
    })];

    private void Announce(RunningWorker running)
    {
        running.IsReady = true;
        ready.TrySetResult(running);
    }
}
