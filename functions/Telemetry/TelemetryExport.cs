using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Prestage.Functions.Hosting;

namespace Prestage.Functions.Telemetry;

/// <summary>
/// Sends traces and metrics by OTLP. The SDK is loaded after the first answer: nobody waits for it, and what the first moments do is
/// not told. It reads its variables from the program's configuration.
/// </summary>
internal sealed partial class TelemetryExport(
    OpenTelemetrySettings settings, IConfiguration configuration, FirstAnswer first, TimeProvider clock, ILogger<TelemetryExport> log)
    : BackgroundService
{
    private const string HttpMeter = "System.Net.Http";
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TracerProvider? traces;
    private MeterProvider? metrics;
    private ExportFailures? failures;

    /// <summary>Waits until what happens is exported.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => ready.Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Dispose()
    {
        // What is not sent yet is, at most 5 s long for each.
        traces?.Dispose();
        metrics?.Dispose();
        failures?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await first.WaitAsync(stoppingToken);
        failures = new(clock, log);
        try
        {
            Build();
        }
        // Its variables are read by the SDK alone, and what it does not take must keep nobody from enrolling.
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            Log.NotBuilt(log, exception.GetType().Name);
        }

        ready.SetResult();
    }

    private void Build()
    {
        var resource = ResourceBuilder.CreateEmpty()
            .AddService("prestage", serviceVersion: ProgramVersion.Text, serviceInstanceId: $"{Guid.NewGuid()}")
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        traces = Traces(resource).Build();
        metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .SetResourceBuilder(resource)
            .AddMeter(Measures.MeterName, "Microsoft.AspNetCore.Hosting", HttpMeter, "System.Runtime")
            .AddView(instrument =>
                instrument.Meter.Name == HttpMeter && instrument.Name != "http.client.request.duration" ? MetricStreamConfiguration.Drop : null)
            .AddOtlpExporter()
            .Build();
    }

    private TracerProviderBuilder Traces(ResourceBuilder resource)
    {
        var builder = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .SetResourceBuilder(resource)
            .AddSource(Telemetry.Traces.SourceName, Telemetry.Traces.ServerSourceName, Telemetry.Traces.ClientSourceName);
        if (string.IsNullOrEmpty(settings.Sampler))
        {
            // Whether a call is traced is not its caller's to say: the Functions host names a parent that it does not record, and a Mac may.
            builder.SetSampler(new ParentBasedSampler(new AlwaysOnSampler(), remoteParentNotSampled: new AlwaysOnSampler()));
        }

        return builder.AddProcessor(new SpanRedaction()).AddOtlpExporter();
    }

    private static partial class Log
    {
        // Not its text: it may quote a header, which may hold a key.
        [LoggerMessage(9402, LogLevel.Error, "OpenTelemetry does not take its settings ({Fault}): nothing is exported. Look at the OTEL_ variables, the headers above all")]
        public static partial void NotBuilt(ILogger log, string fault);
    }
}
