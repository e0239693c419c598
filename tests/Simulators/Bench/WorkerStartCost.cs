using System.Diagnostics;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.FunctionsHost.Rpc;
using Prestage.Simulators.FunctionsHost.Worker;
using Prestage.Simulators.Processes;

namespace Prestage.Simulators.Bench;

/// <summary>What one start of a worker took and cost.</summary>
/// <param name="Loaded">From the start of its process until its last function is loaded.</param>
/// <param name="FirstRequest">The first request after that, through the host.</param>
/// <param name="Process">Of its process, after as many requests for every worker.</param>
internal sealed record WorkerStartCost(TimeSpan Loaded, TimeSpan FirstRequest, ProcessCost Process)
{
    /// <summary>How many requests the worker has answered when its process is measured.</summary>
    public const int Requests = 200;

    /// <summary>Starts the worker of a folder below the local host, sends it requests, and kills it.</summary>
    public static async Task<WorkerStartCost> MeasureAsync(string folder, IReadOnlyDictionary<string, string?> settings)
    {
        var (launcher, lastLoaded) = (new TimedLauncher(), 0L);
        await using var host = await LocalFunctionsHost.StartAsync(new(Path.GetFullPath(folder), settings)
        {
            Launcher = launcher,
            OnWorkerMessage = message =>
            {
                if (message.ContentCase == StreamingMessage.ContentOneofCase.FunctionLoadResponse)
                {
                    Interlocked.Exchange(ref lastLoaded, Stopwatch.GetTimestamp());
                }
            },
        });
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = host.BaseUrl };
        var asked = Stopwatch.GetTimestamp();
        await AskAsync(http);
        var first = Stopwatch.GetElapsedTime(asked);
        for (var request = 1; request < Requests; request++)
        {
            await AskAsync(http);
        }

        return new(Stopwatch.GetElapsedTime(launcher.StartedAt, Interlocked.Read(ref lastLoaded)), first, ProcessCost.Of(host.Worker.ProcessId));
    }

    private static async Task AskAsync(HttpClient http)
    {
        using var answer = await http.GetAsync(new Uri("/api/health", UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    private sealed class TimedLauncher : IWorkerLauncher
    {
        private readonly ChildWorkerLauncher launcher = new();

        public long StartedAt { get; private set; }

        public Task<IWorker> LaunchAsync(WorkerStart start, Action<ChildLine> onLine, CancellationToken cancellationToken)
        {
            StartedAt = Stopwatch.GetTimestamp();
            return launcher.LaunchAsync(start, onLine, cancellationToken);
        }
    }
}
