using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Prestage.Functions.Telemetry;

/// <summary>Sends what is pending when the program ends, all three at once: the Functions host kills it a few seconds later.</summary>
internal sealed class TelemetryFlush(LoggerProvider logs, TracerProvider traces, MeterProvider metrics) : IHostedService
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        var limit = (int)Limit.TotalMilliseconds;
        return Task.WhenAll(
            Task.Run(() => logs.ForceFlush(limit), CancellationToken.None),
            Task.Run(() => traces.ForceFlush(limit), CancellationToken.None),
            Task.Run(() => metrics.ForceFlush(limit), CancellationToken.None));
    }
}
