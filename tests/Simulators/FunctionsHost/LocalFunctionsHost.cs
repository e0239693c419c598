using System.Security.Cryptography;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Prestage.Simulators.FunctionsHost.Http;
using Prestage.Simulators.FunctionsHost.Rpc;
using Prestage.Simulators.FunctionsHost.Triggers;
using Prestage.Simulators.FunctionsHost.Worker;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>
/// An Azure Functions host above an isolated worker: FunctionRpc, proxied HTTP, queue and timer triggers, restarts. It does what
/// azure-functions-host v4 was seen to do, for one instance, and knows no keys but its master key. A worker that does not start ends it at
/// once: the real one waits a minute first.
/// </summary>
internal sealed class LocalFunctionsHost : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource killed = new();
    private readonly LocalFunctionsHostOptions options;
    private readonly HostJson host;
    private readonly RpcServer rpc;
    private readonly WorkerSupervisor supervisor;
    private readonly FunctionInvoker invoker;
    private readonly HttpInvocations invocations;
    private readonly Dictionary<string, TimerTriggerListener> timers = new(StringComparer.OrdinalIgnoreCase);
    private WebApplication? front;
    private Task listeners = Task.CompletedTask;
    private Task ending = Task.CompletedTask;

    private LocalFunctionsHost(LocalFunctionsHostOptions options, HostJson host, RpcServer rpc)
    {
        (this.options, this.host, this.rpc) = (options, host, rpc);
        Log = new(options.OnLog);
        supervisor = new(rpc, options, Path.GetFullPath(options.Folder), host, Log);
        invoker = new(supervisor, host, options.CancellationGrace, Log);
        invocations = new(invoker, host, options.ActivityTimeout);
    }

    /// <summary>The public address.</summary>
    public Uri BaseUrl { get; private set; } = new("http://127.0.0.1");

    /// <summary>For <c>POST /admin/functions/{name}</c>.</summary>
    public string MasterKey { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public HostLog Log { get; }

    /// <summary>The worker's functions.</summary>
    public IReadOnlyList<FunctionTrigger> Functions { get; private set; } = [];

    /// <summary>The present worker.</summary>
    public IWorker Worker => supervisor.Worker;

    /// <summary>How often a worker was started.</summary>
    public int WorkerStarts => supervisor.Starts;

    /// <summary>Completes when the host has stopped because its worker ended with errors too often.</summary>
    public Task GivenUp => ending;

    /// <summary>
    /// Starts the host, which listens when the worker has loaded its functions. Throws <see cref="InvalidDataException"/> for a folder that
    /// the host refuses, and <see cref="WorkerStartException"/> for a worker that ends at its start.
    /// </summary>
    public static async Task<LocalFunctionsHost> StartAsync(
        LocalFunctionsHostOptions options, CancellationToken cancellationToken = default)
    {
        var json = HostJson.Read(Path.GetFullPath(options.Folder), options.Settings);
        var started = new LocalFunctionsHost(options, json, await RpcServer.StartAsync(cancellationToken));
        try
        {
            await started.RunAsync(cancellationToken);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Runs a queue's or timer's function by hand, as an operator can with the master key; null when there is none of the name.
    /// </summary>
    public async Task<bool?> RunByHandAsync(string name, string input)
    {
        const string Reason = "This function was programmatically called via the host APIs.";
        if (timers.TryGetValue(name, out var timer))
        {
            return await timer.RunAsync(isPastDue: false, Reason);
        }

        return FindQueue(name) is { } function
            ? await invoker.InvokeAsync(function, TriggerData.ByHand(function, input), Reason)
            : null;
    }

    /// <summary>Delivers a message that is in no queue; the first delivery of a message is 1. Returns whether the function succeeded.</summary>
    public Task<bool> DeliverAsync(string name, string text, long delivery, DateTimeOffset insertedOn)
    {
        var function = FindQueue(name) ?? throw new ArgumentException($"There is no queue function {name}.", nameof(name));
        var message = QueuesModelFactory.QueueMessage(Guid.NewGuid().ToString(), string.Empty, text, delivery, insertedOn: insertedOn);
        return invoker.InvokeAsync(function, TriggerData.Queue(function, message, text), $"New queue message detected on '{function.Queue}'.");
    }

    /// <summary>Waits until the worker answers, also while another one starts.</summary>
    public async Task PingAsync(CancellationToken cancellationToken) =>
        await (await supervisor.ReadyAsync(cancellationToken)).Session.PingAsync().WaitAsync(cancellationToken);

    /// <summary>
    /// Ends as the host does at SIGTERM: it stops listening, what runs ends, and the worker is asked to end.
    /// </summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(front!.StopAsync(), listeners);
        await supervisor.TerminateAsync();
    }

    /// <summary>Ends as an instance that dies: the worker is killed, and what it was at comes back when its time is over.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await killed.CancelAsync();
        await supervisor.DisposeAsync();
        await rpc.DisposeAsync();
        await listeners;
        if (front is not null)
        {
            await front.DisposeAsync();
        }

        await ending;
        invocations.Dispose();
        stopping.Dispose();
        killed.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var announced = await supervisor.StartAsync(cancellationToken);
        Functions =
        [
            .. announced.Select(function => FunctionTrigger.Read(function, host, options.Settings))
                .OrderBy(function => function.IsDisabled).ThenBy(function => function.Name, StringComparer.Ordinal),
        ];
        foreach (var function in Functions.Where(function => function.Fault is not null))
        {
            Log.Error($"The '{function.Name}' function is in error: {function.Fault}");
        }

        await supervisor.LoadAsync([.. Functions.Select(function => function.Metadata)], cancellationToken);
        foreach (var timer in Functions.OfType<TimerTrigger>().Where(timer => timer.Fault is null))
        {
            timers.Add(timer.Name, new(timer, options.Timers, invoker, options.Clock));
        }

        front = PublicFront.Build(options.Port, Active<HttpTrigger>(), invocations, host.BodyLimit, MasterKey, RunByHand);
        await front.StartAsync(cancellationToken);
        BaseUrl = LoopbackServer.AddressOf(front);
        var queues = Active<QueueTrigger>()
            .Select(queue => new QueueTriggerListener(queue, host.Queues, Account(queue), invoker, Log)).ToList();
        listeners = Task.WhenAll(
        [
            .. queues.Select(queue => queue.ListenAsync(stopping.Token, killed.Token)),
            .. Active<TimerTrigger>().Select(timer => ListenAsync(timers[timer.Name])),
        ]);
        ending = EndAsync();
    }

    private IEnumerable<T> Active<T>()
        where T : FunctionTrigger => Functions.OfType<T>().Where(function => function is { IsDisabled: false, Fault: null });

    private QueueTrigger? FindQueue(string name) =>
        Functions.OfType<QueueTrigger>().FirstOrDefault(queue => string.Equals(queue.Name, name, StringComparison.OrdinalIgnoreCase));

    private bool RunByHand(string name, string input)
    {
        if (!timers.ContainsKey(name) && FindQueue(name) is null)
        {
            return false;
        }

        // The caller learns only that it was begun; how it ended is in the log.
        _ = RunByHandAsync(name, input);
        return true;
    }

    private QueueServiceClient Account(QueueTrigger function) =>
        options.Settings.GetValueOrDefault(function.Connection) is { Length: > 0 } connection
            ? new(connection)
            : throw new InvalidDataException(
                $"{function.Name}: the setting {function.Connection} is missing, and only connection strings are played here.");

    private async Task ListenAsync(TimerTriggerListener timer)
    {
        try
        {
            await timer.ListenAsync(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host ends.
        }
    }

    private async Task EndAsync()
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        if (await Task.WhenAny(supervisor.GivenUp, Task.Delay(Timeout.InfiniteTimeSpan, over.Token)) == supervisor.GivenUp)
        {
            await stopping.CancelAsync();
            await front!.StopAsync();
        }

        await over.CancelAsync();
    }
}
