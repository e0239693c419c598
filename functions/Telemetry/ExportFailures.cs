using System.Diagnostics.Tracing;

namespace Prestage.Functions.Telemetry;

/// <summary>
/// Puts into the log that the receiver does not take what is sent, which OpenTelemetry's SDK tells to event listeners only: the first time, and
/// again every ten minutes.
/// </summary>
internal sealed partial class ExportFailures(TimeProvider clock, ILogger log) : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);
    private readonly Lock telling = new();
    private long? toldAt;

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        lock (telling)
        {
            if (toldAt is { } earlier && clock.GetElapsedTime(earlier) < Silence)
            {
                return;
            }

            toldAt = clock.GetTimestamp();
        }

        // Without the event's texts: an answer of the receiver may be among them.
        Log.NotSent(log, eventData.EventName);
    }

    private static partial class Log
    {
        [LoggerMessage(9401, LogLevel.Warning,
            "The OTLP receiver does not take traces or metrics ({Event}): look at OTEL_EXPORTER_OTLP_ENDPOINT, _PROTOCOL and _HEADERS. They are lost; enrollments go on")]
        public static partial void NotSent(ILogger log, string? @event);
    }
}
