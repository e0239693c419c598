using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Prestage.Functions.Telemetry;

/// <summary>The exporter for Application Insights, with nothing sampled and nothing added to what the program itself makes.</summary>
internal static class ApplicationInsights
{
    /// <summary>Log records become rows of AppTraces, those with an exception of AppExceptions; their attributes are Properties.</summary>
    public static void AddApplicationInsights(this LoggerProviderBuilder logs, OpenTelemetrySettings settings) =>
        logs.AddAzureMonitorLogExporter(options => Set(options, settings));

    /// <summary>Spans become rows of AppRequests and AppDependencies.</summary>
    public static void AddApplicationInsights(this TracerProviderBuilder traces, OpenTelemetrySettings settings) =>
        traces.AddAzureMonitorTraceExporter(options => Set(options, settings));

    /// <summary>Measures become rows of AppMetrics.</summary>
    public static void AddApplicationInsights(this MeterProviderBuilder metrics, OpenTelemetrySettings settings) =>
        metrics.AddAzureMonitorMetricExporter(options => Set(options, settings));

    private static void Set(AzureMonitorExporterOptions options, OpenTelemetrySettings settings)
    {
        options.ConnectionString = settings.ConnectionString;

        // By default it keeps five traces a second, and of the logs only those of kept traces: the alerts need every line.
        options.TracesPerSecond = null;
        options.SamplingRatio = 1;
        options.EnableTraceBasedLogsSampler = false;
        options.EnableLiveMetrics = false;
        options.EnableStandardMetrics = false;
        options.EnablePerformanceCounters = false;
        if (settings.UsesIdentity)
        {
            options.Credential = new ManagedIdentityCredential(
                settings.ClientId is { Length: > 0 } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned);
        }
    }
}
