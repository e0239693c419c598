using Prestage.Simulators.FunctionsHost;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Telemetry;

/// <summary>The program as a process of its own below the local Functions host, with OpenTelemetry's variables in its environment.</summary>
public sealed class ExportProcessTests
{
    // Nothing of these tests needs the storage.
    private const string NoStorage = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;"
        + "BlobEndpoint=http://127.0.0.1:9/a;QueueEndpoint=http://127.0.0.1:9/a;TableEndpoint=http://127.0.0.1:9/a";

    private const string Exporter = "OpenTelemetry.Exporter.OpenTelemetryProtocol";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "http/protobuf")]
    [InlineData(true, "grpc")]
    [InlineData(true, null)]
    public async Task It_exports_by_both_protocols(bool grpc, string? protocol)
    {
        await using var receiver = await OtlpReceiver.StartAsync(grpc);
        await using var program = await StartAsync(new()
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url.ToString(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
            ["OTEL_SERVICE_NAME"] = "prestage-of-a-test",
        });

        // What happens before the export is up is not told.
        await Wait.UntilAsync(async () =>
        {
            await program.AskAsync();
            return receiver.Text.Contains("GET /api/health", StringComparison.Ordinal)
                && receiver.Text.Contains("http.server.request.duration", StringComparison.Ordinal);
        });

        Assert.Contains("prestage-of-a-test", receiver.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_receiver_no_exporter_is_loaded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process has loaded is read from /proc.");
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var with = await StartAsync(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url.ToString(), ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" });
        await using var without = await StartAsync([]);

        await Wait.UntilAsync(() => with.HasLoadedAsync(Exporter));

        Assert.True(await without.HasLoadedAsync("Prestage.Functions"));
        Assert.False(await without.HasLoadedAsync(Exporter));
        Assert.False(await without.HasLoadedAsync("Azure.Monitor.OpenTelemetry.Exporter"));
    }

    private static async Task<Program> StartAsync(Dictionary<string, string?> settings)
    {
        var folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../functions/release"));
        var all = new Dictionary<string, string?>(settings)
        {
            ["AzureWebJobsStorage"] = NoStorage,
            ["JumpCloud__OrgId"] = new('a', 24),
            ["JumpCloud__ApiKey"] = "no-key",
        };
        foreach (var function in new[] { "Finish", "PoisonMessage", "Reconcile" })
        {
            all[$"AzureWebJobs.{function}.Disabled"] = "true";
        }

        var program = new Program(await LocalFunctionsHost.StartAsync(new(folder, all), Cancel));
        await program.AskAsync();
        return program;
    }

    private sealed class Program(LocalFunctionsHost host) : IAsyncDisposable
    {
        private readonly HttpClient http = new() { BaseAddress = host.BaseUrl };

        public async Task AskAsync()
        {
            using var answer = await http.GetAsync(new Uri("/api/health", UriKind.Relative), Cancel);
            answer.EnsureSuccessStatusCode();
        }

        public async Task<bool> HasLoadedAsync(string assembly) =>
            (await File.ReadAllTextAsync($"/proc/{host.Worker.ProcessId}/maps", Cancel)).Contains($"/{assembly}.dll", StringComparison.Ordinal);

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await host.DisposeAsync();
        }
    }
}
