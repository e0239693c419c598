using System.Net.Sockets;
using Prestage.Simulators.Loopback;
using Prestage.Simulators.Processes;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>
/// The custom handler's process: started with the host's variables, probed at <c>GET /</c>, started again when it ends with an error, left
/// alone when it ends with 0, killed without a word at the end (azure-functions-host, HttpWorkerProcess, WorkerProcess, DefaultHttpWorkerService).
/// </summary>
internal sealed class Handler : IAsyncDisposable
{
    private const int MostErrors = 3;
    private static readonly TimeSpan ErrorWindow = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(25);

    private readonly string folder;
    private readonly HostFile host;
    private readonly IReadOnlyDictionary<string, string?> settings;
    private readonly HostLog log;
    private readonly CancellationTokenSource stopping = new();
    private readonly HttpClient probe = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly List<DateTimeOffset> errors = [];
    private readonly Task life;
    private TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildProcess? process;

    public Handler(string folder, HostFile host, IReadOnlyDictionary<string, string?> settings, HostLog log)
    {
        (this.folder, this.host, this.settings, this.log) = (folder, host, settings, log);
        life = LiveAsync();
    }

    /// <summary>Where the present process listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Whether the host has given up: every call is answered 503.</summary>
    public bool HasStopped => life.IsCompleted;

    /// <summary>The present process.</summary>
    public int Pid => process?.Pid ?? 0;

    /// <summary>Waits until the handler answers, at most four times its time to start; false when it does not.</summary>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(ready.Task, life).WaitAsync(4 * host.InitializationTimeout, cancellationToken);
            return !HasStopped;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>SIGKILL from outside, such as by the system when memory runs out: an error to the host, which starts it again.</summary>
    public void Kill() => process!.Kill();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        await life;
        probe.Dispose();
        stopping.Dispose();
    }

    private async Task LiveAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            var child = Start();
            if (stopping.IsCancellationRequested)
            {
                // The one that disposes may not have seen this child.
                await child.DisposeAsync();
                return;
            }

            var probing = ProbeAsync(child);

            // At once: each call meanwhile would be a failed delivery.
            await child.Ended;
            ready = ready.Task.IsCompleted ? new(TaskCreationOptions.RunContinuationsAsynchronously) : ready;
            var code = await child.Exited;
            await probing;
            if (stopping.IsCancellationRequested || IsEnd(code, child))
            {
                return;
            }

            await child.DisposeAsync();
        }
    }

    private ChildProcess Start()
    {
        var port = FreePort.Find();
        var id = Guid.NewGuid().ToString();
        Address = new($"http://127.0.0.1:{port}/");
        Starts++;
        process = ChildProcess.Start(new(host.Executable, host.Arguments)
        {
            WorkingDirectory = host.WorkingDirectory,
            Environment = new Dictionary<string, string?>(settings)
            {
                ["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}",
                ["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = id,
                ["FUNCTIONS_HTTPWORKER_PORT"] = $"{port}",
                ["FUNCTIONS_HTTPWORKER_ID"] = id,
                ["FUNCTIONS_APP_ROOT_PATH"] = folder,
            },
            OnLine = line => log.Handler(line.Text, line.IsError),
        });
        return process;
    }

    // Any answer will do, also a broken one; only an error of the socket means "not yet".
    private async Task ProbeAsync(ChildProcess child)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        limit.CancelAfter(host.InitializationTimeout);
        try
        {
            while (!child.Ended.IsCompleted)
            {
                try
                {
                    using var answer = await probe.GetAsync(Address, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                    ready.TrySetResult();
                    return;
                }
                catch (HttpRequestException exception) when (exception.InnerException is SocketException)
                {
                    await Task.Delay(ProbePause, limit.Token);
                }
                catch (HttpRequestException)
                {
                    ready.TrySetResult();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            if (!stopping.IsCancellationRequested)
            {
                log.Error($"The handler did not answer within {host.InitializationTimeout}.");
                child.Kill();
            }
        }
    }

    private bool IsEnd(int code, ChildProcess child)
    {
        if (code == 0)
        {
            log.Information("The handler ended with 0, and is not started again.");
            return true;
        }

        log.Error($"The handler ended with {code}. {string.Join(' ', child.Errors.TakeLast(3))}");
        var now = TimeProvider.System.GetUtcNow();
        errors.Add(now);
        errors.RemoveAll(at => now - at > ErrorWindow);
        if (code == 200 || errors.Count <= MostErrors)
        {
            return false;
        }

        log.Error("The handler ended with errors too often. The host stops.");
        return true;
    }
}
