using Prestage.Simulators.Loopback;
using Prestage.Simulators.Processes;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Telemetry;

/// <summary>The program as a process of its own, with OpenTelemetry's variables in its environment.</summary>
public sealed class ExportProcessTests
{
    // Nothing of these tests needs the storage.
    private const string NoStorage = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;"
        + "BlobEndpoint=http://127.0.0.1:9/a;QueueEndpoint=http://127.0.0.1:9/a;TableEndpoint=http://127.0.0.1:9/a";

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
    public async Task Without_a_receiver_nothing_of_the_SDK_is_loaded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process has loaded is read from /proc.");
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var with = await StartAsync(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url.ToString(), ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" });
        await using var without = await StartAsync([]);

        await Wait.UntilAsync(() => with.HasLoadedAsync("OpenTelemetry"));

        Assert.True(await without.HasLoadedAsync("Prestage.Functions"));
        Assert.False(await without.HasLoadedAsync("OpenTelemetry"));
    }

    private static async Task<Program> StartAsync(Dictionary<string, string?> settings)
    {
        var port = FreePort.Find();
        var program = new Program(port, ChildProcess.Start(new(Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../functions/release/Prestage.Functions")))
        {
            Environment = new Dictionary<string, string?>(settings)
            {
                ["AzureWebJobsStorage"] = NoStorage,
                ["JumpCloud__OrgId"] = new('a', 24),
                ["JumpCloud__ApiKey"] = "no-key",
                ["Hosting__Port"] = $"{port}",
            },
        }));
        await Wait.UntilAsync(async () =>
        {
            Assert.False(program.HasEnded, program.Output);
            return await program.AskAsync();
        });

        return program;
    }

    private sealed class Program(int port, ChildProcess process) : IAsyncDisposable
    {
        private readonly HttpClient http = new();

        public bool HasEnded => process.Exited.IsCompleted;

        public string Output => string.Join('\n', process.Lines.Select(line => line.Text));

        public async Task<bool> AskAsync()
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/api/health"), Cancel);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }

        public async Task<bool> HasLoadedAsync(string assembly) =>
            (await File.ReadAllTextAsync($"/proc/{process.Pid}/maps", Cancel)).Contains($"/{assembly}.dll", StringComparison.Ordinal);

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await process.DisposeAsync();
        }
    }
}
