using System.Diagnostics.Tracing;

namespace Prestage.Functions.Telemetry;

/// <summary>
/// Puts into the log that what is sent is not taken, which the exporters tell to event listeners only: the first time, and again every ten
/// minutes. The line also goes to standard output, since what is exported is just what does not arrive.
/// </summary>
internal sealed partial class ExportFailures(TimeProvider clock, ILogger<ExportFailures> log) : EventListener, IHostedService
{
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);
    private static readonly HashSet<string> Exporters = ["OpenTelemetry-Exporter-OpenTelemetryProtocol", "OpenTelemetry-AzureMonitor-Exporter"];
    private readonly Lock telling = new();
    private DateTimeOffset nextAt;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (Exporters.Contains(eventSource.Name))
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        lock (telling)
        {
            var now = clock.GetUtcNow();
            if (now < nextAt)
            {
                return;
            }

            nextAt = now + Silence;
        }

        // Without the event's texts: an answer of the receiver may be among them.
        Log.NotSent(log, eventData.EventName);
    }

    private static partial class Log
    {
        [LoggerMessage(9401, LogLevel.Warning,
            "What is exported is not taken ({Event}): look at OTEL_EXPORTER_OTLP_ENDPOINT, _PROTOCOL and _HEADERS, or at the Application Insights "
            + "component and the role Monitoring Metrics Publisher on it. Records are lost; enrollments go on")]
        public static partial void NotSent(ILogger log, string? @event);
    }
}
