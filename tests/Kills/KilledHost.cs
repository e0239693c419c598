using System.Text;
using System.Text.Json.Nodes;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.Processes;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Kills;

/// <summary>A Functions host with its handler, of which the handler or all can be killed.</summary>
internal abstract class KilledHost : IAsyncDisposable
{
    // Instead of the real host's ten minutes.
    private static readonly KeyValuePair<string, string?> MessageLock = new("AzureFunctionsJobHost__extensions__queues__messageLock", "00:00:05");
    private readonly HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan };

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected abstract Uri Url { get; }

    private protected abstract string Key { get; }

    /// <summary>In this process; only its handler can be killed.</summary>
    public static async Task<KilledHost> StartAsync(string folder, IReadOnlyDictionary<string, string?> settings) =>
        new Here(await SimulatedFunctionsHost.StartAsync(folder, new Dictionary<string, string?>(settings.Append(MessageLock)), cancellationToken: Cancel));

    /// <summary>As a process of its own, which is killed with its handler.</summary>
    public static async Task<KilledHost> StartProcessAsync(string folder, IReadOnlyDictionary<string, string?> settings)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Simulators/release/prestage-sandbox"));
        var process = ChildProcess.Start(new(program, "functions", "--folder", folder) { KeepInputOpen = true });
        await process.WriteLineAsync(new JsonObject
        {
            ["settings"] = new JsonObject(settings.Append(MessageLock).Select(setting => KeyValuePair.Create(setting.Key, (JsonNode?)setting.Value))),
        }.ToJsonString());
        var ready = await process.WaitForLineAsync(line => line.StartsWith("{\"ready\"", StringComparison.Ordinal), TimeSpan.FromMinutes(2), Cancel);
        return new There(process, JsonNode.Parse(ready)!);
    }

    /// <summary>Runs the timer's function; ends when the host has its answer.</summary>
    public async Task TickAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Url, "admin/functions/Reconcile"));
        request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        request.Headers.Add("x-functions-key", Key);
        using var answer = await http.SendAsync(request, Cancel);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>What host and handler wrote.</summary>
    public abstract IEnumerable<string> Lines { get; }

    /// <summary>SIGKILL; ends when the process is gone.</summary>
    public abstract Task KillAsync();

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class Here(SimulatedFunctionsHost host) : KilledHost
    {
        private protected override Uri Url => host.BaseUrl;

        private protected override string Key => host.MasterKey;

        public override IEnumerable<string> Lines => host.Log.Entries.Select(entry => entry.Message);

        public override async Task KillAsync()
        {
            host.Handler.Kill();
            await Wait.UntilAsync(() => host.Log.Entries.Any(entry => entry.Message.StartsWith("The handler ended with 137.", StringComparison.Ordinal)));
        }

        public override async ValueTask DisposeAsync()
        {
            await host.DisposeAsync();
            await base.DisposeAsync();
        }
    }

    private sealed class There(ChildProcess process, JsonNode ready) : KilledHost
    {
        private protected override Uri Url { get; } = new(ready["baseUrl"]!.ToString());

        private protected override string Key { get; } = ready["masterKey"]!.ToString();

        public override IEnumerable<string> Lines => process.Lines.Select(line => line.Text);

        public override async Task KillAsync()
        {
            process.Kill(entireTree: true);
            await process.Exited;
        }

        public override async ValueTask DisposeAsync()
        {
            await process.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
