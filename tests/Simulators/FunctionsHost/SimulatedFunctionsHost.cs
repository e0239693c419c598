using System.Security.Cryptography;
using Azure.Storage.Queues;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>
/// The Azure Functions host of a published folder with a custom handler: HTTP by proxy, queues and timers by envelopes. What it does is told by
/// azure-functions-host v4's source; it plays one instance, and knows no keys but its master key.
/// </summary>
internal sealed class SimulatedFunctionsHost : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly HttpMessageInvoker proxy = HttpFront.Client();
    private readonly Dictionary<string, TimerListener> timers;
    private readonly IReadOnlyList<FunctionFile> functions;
    private readonly TriggerCalls calls;
    private readonly WebApplication front;
    private Task listeners = Task.CompletedTask;

    // How long an exchange may be without a byte before the real host's proxy ends it.
    private static readonly TimeSpan UsualActivity = TimeSpan.FromSeconds(240);

    private SimulatedFunctionsHost(
        string folder, IReadOnlyDictionary<string, string?> settings, HostFile host, IReadOnlyList<FunctionFile> functions, HostLog log, int port,
        TimeSpan activity)
    {
        this.functions = functions;
        Log = log;
        Handler = new(folder, host, settings, log);
        calls = new(Handler, host, log);
        timers = functions.OfType<TimerFunction>().ToDictionary(timer => timer.Name, timer => new TimerListener(timer, calls), StringComparer.OrdinalIgnoreCase);
        front = HttpFront.Build(port, functions.OfType<HttpFunction>().Where(http => !http.IsDisabled), Handler, proxy, MasterKey, RunAsync, host.MostBodyBytes, activity);
        Queues = [.. functions.OfType<QueueFunction>().Where(queue => !queue.IsDisabled).Select(queue => new QueueListener(queue, host.Queues, Account(queue, settings), calls, log))];
    }

    /// <summary>The public address.</summary>
    public Uri BaseUrl { get; private set; } = new("http://127.0.0.1");

    /// <summary>For <c>POST /admin/functions/{name}</c>.</summary>
    public string MasterKey { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public HostLog Log { get; }

    public Handler Handler { get; }

    private IReadOnlyList<QueueListener> Queues { get; }

    /// <summary>
    /// Starts the host over a folder; <paramref name="settings"/> are the app's settings. Throws <see cref="InvalidDataException"/> for a folder that the host
    /// refuses. It listens at once: calls wait for the handler.
    /// </summary>
    public static async Task<SimulatedFunctionsHost> StartAsync(
        string folder, IReadOnlyDictionary<string, string?> settings, int port = 0, Action<HostLogEntry>? tell = null, TimeSpan? activity = null,
        CancellationToken cancellationToken = default)
    {
        var full = Path.GetFullPath(folder);
        var host = HostFile.Read(full, settings);
        var functions = FunctionFile.ReadAll(full, host, settings);
        if (functions.Count == 0)
        {
            throw new InvalidDataException($"{full} holds no functions: the host would not start the handler.");
        }

        var started = new SimulatedFunctionsHost(full, settings, host, functions, new(tell), port, activity ?? UsualActivity);
        await started.front.StartAsync(cancellationToken);
        started.BaseUrl = LoopbackServer.AddressOf(started.front);
        started.listeners = started.ListenAsync();
        return started;
    }

    /// <summary>Runs a function by hand, as an operator can with the master key; null when there is none of the name.</summary>
    public async Task<bool?> RunAsync(string name, string input)
    {
        if (timers.TryGetValue(name, out var timer))
        {
            return await timer.TickAsync(stopping.Token);
        }

        return functions.OfType<QueueFunction>().FirstOrDefault(queue => string.Equals(queue.Name, name, StringComparison.OrdinalIgnoreCase)) is { } function
            ? await calls.InvokeAsync(function.Name, Envelope.ByHand(function, function.Binding, input, TimeProvider.System.GetUtcNow()), stopping.Token)
            : null;
    }

    /// <summary>Ends as an instance does: the handler is killed, and what it held comes back when its time is over.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Handler.DisposeAsync();
        await listeners;
        await front.DisposeAsync();
        calls.Dispose();
        proxy.Dispose();
        stopping.Dispose();
    }

    private static QueueServiceClient Account(QueueFunction function, IReadOnlyDictionary<string, string?> settings) =>
        settings.GetValueOrDefault(function.Connection) is { Length: > 0 } connection
            ? new(connection)
            : throw new InvalidDataException($"{function.Name}/function.json: the setting {function.Connection} is missing, and only connection strings are played here.");

    private async Task ListenAsync()
    {
        try
        {
            if (await Handler.WaitAsync(stopping.Token))
            {
                var timed = functions.OfType<TimerFunction>().Where(timer => !timer.IsDisabled).Select(timer => timers[timer.Name].ListenAsync(stopping.Token));
                await Task.WhenAll([.. Queues.Select(queue => queue.ListenAsync(stopping.Token)), .. timed]);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host ends.
        }
    }
}
