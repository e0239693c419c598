using System.Text;
using System.Text.Json.Nodes;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.Processes;
using Prestage.Tests.FunctionsHost;
using Xunit;

namespace Prestage.Tests.Kills;

/// <summary>A Functions host with its worker, of which the worker or all can be killed.</summary>
internal abstract class KilledHost : IAsyncDisposable
{
    // Instead of the real host's ten minutes.
    private static readonly KeyValuePair<string, string?> MessageLock = new("AzureFunctionsJobHost__extensions__queues__messageLock", "00:00:05");
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>What host and worker wrote.</summary>
    public abstract IEnumerable<string> Lines { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>In this process; only its worker can be killed.</summary>
    public static async Task<KilledHost> StartAsync(string folder, IReadOnlyDictionary<string, string?> settings) =>
        new Here(await LocalFunctionsHost.StartAsync(new(folder, new Dictionary<string, string?>(settings.Append(MessageLock))), Cancel));

    /// <summary>As a process of its own, which is killed with its worker.</summary>
    public static async Task<KilledHost> StartProcessAsync(string folder, IReadOnlyDictionary<string, string?> settings)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Simulators/release/prestage-sandbox"));
        var process = ChildProcess.Start(
            new(program, "host", "--folder", folder) { Environment = new Dictionary<string, string?>(settings.Append(MessageLock)) });
        var ready = await process.WaitForLineAsync(line => line.StartsWith("{\"ready\"", StringComparison.Ordinal), Limit, Cancel);
        return new There(process, JsonNode.Parse(ready)!);
    }

    /// <summary>Runs the timer's function, once; ends when it has ended.</summary>
    public abstract Task TickAsync();

    /// <summary>SIGKILL; ends when the process is gone.</summary>
    public abstract Task KillAsync();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    private sealed class Here(LocalFunctionsHost host) : KilledHost
    {
        public override IEnumerable<string> Lines => host.Log.Entries.Select(entry => entry.Message);

        public override Task TickAsync() => host.RunByHandAsync("Reconcile", string.Empty);

        public override async Task KillAsync()
        {
            host.Worker.Kill();
            await host.LoggedAsync("The worker ended with 137.");
        }

        public override ValueTask DisposeAsync() => host.DisposeAsync();
    }

    private sealed class There(ChildProcess process, JsonNode ready) : KilledHost
    {
        private readonly HttpClient http = new() { BaseAddress = new(ready["baseUrl"]!.ToString()) };

        public override IEnumerable<string> Lines => process.Lines.Select(line => line.Text);

        public override async Task TickAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "admin/functions/Reconcile");
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            request.Headers.Add("x-functions-key", ready["masterKey"]!.ToString());
            using var answer = await http.SendAsync(request, Cancel);
            answer.EnsureSuccessStatusCode();
            await process.WaitForLineAsync(line => line.Contains("Executed 'Functions.Reconcile' (", StringComparison.Ordinal), Limit, Cancel);
        }

        public override async Task KillAsync()
        {
            process.Kill(entireTree: true);
            await process.Exited;
        }

        public override ValueTask DisposeAsync()
        {
            http.Dispose();
            return process.DisposeAsync();
        }
    }
}
