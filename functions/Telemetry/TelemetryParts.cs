using System.Globalization;
using System.Runtime.CompilerServices;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Prestage.Functions.Hosting;

namespace Prestage.Functions.Telemetry;

/// <summary>
/// Exports the program's own logs, traces and metrics: to Application Insights, to an OTLP receiver, or to both, as the settings say. No
/// exporter is loaded where neither is set.
/// </summary>
internal static class TelemetryParts
{
    private const string HttpMeter = "System.Net.Http";

    /// <summary>Adds the export; the SDK reads its other variables from the program's configuration.</summary>
    public static void AddTelemetry(this IServiceCollection services, OpenTelemetrySettings settings)
    {
        if (settings.IsOn)
        {
            services.AddHostedService<ExportFailures>();
            AddExport(services, settings);
        }
    }

    // Apart: a method that names an exporter's types loads it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddExport(IServiceCollection services, OpenTelemetrySettings settings)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .Clear()
                .AddService("prestage", serviceVersion: ProgramVersion.Text, serviceInstanceId: $"{Guid.NewGuid()}")
                .AddTelemetrySdk()
                .AddEnvironmentVariableDetector())
            .WithLogging(logs => Export(logs, settings), options => options.IncludeFormattedMessage = true)
            .WithTracing(traces => Export(traces, settings))
            .WithMetrics(metrics => Export(metrics, settings));

        // After the exporters: the one for Application Insights sets a sampler of its own.
        services.ConfigureOpenTelemetryTracerProvider((_, traces) => traces.SetSampler(SamplerOf(settings)));
        services.AddHostedService<TelemetryFlush>();
    }

    private static void Export(LoggerProviderBuilder logs, OpenTelemetrySettings settings)
    {
        if (settings.HasApplicationInsights)
        {
            logs.AddProcessor(new ExceptionMessages()).AddApplicationInsights(settings);
        }

        if (settings.HasReceiver)
        {
            logs.AddOtlpExporter();
        }
    }

    private static void Export(TracerProviderBuilder traces, OpenTelemetrySettings settings)
    {
        traces.AddSource(Traces.SourceName, Traces.ServerSourceName, Traces.ClientSourceName).AddProcessor(new SpanRedaction());
        if (settings.HasApplicationInsights)
        {
            traces.AddApplicationInsights(settings);
        }

        if (settings.HasReceiver)
        {
            traces.AddOtlpExporter();
        }
    }

    private static void Export(MeterProviderBuilder metrics, OpenTelemetrySettings settings)
    {
        metrics.AddMeter(Measures.MeterName, "Microsoft.AspNetCore.Hosting", HttpMeter)
            .AddView(instrument =>
                instrument.Meter.Name == HttpMeter && instrument.Name != "http.client.request.duration" ? MetricStreamConfiguration.Drop : null);
        if (settings.HasApplicationInsights)
        {
            metrics.AddApplicationInsights(settings);
        }

        if (settings.HasReceiver)
        {
            // Thirty figures a minute and instance: not where each is paid for.
            metrics.AddMeter("System.Runtime").AddOtlpExporter();
        }
    }

    // By default a caller does not decide whether its call is traced: the Functions host names a parent that it does not record, and a Mac may.
    private static Sampler SamplerOf(OpenTelemetrySettings settings)
    {
        var share = string.IsNullOrEmpty(settings.SamplerArgument) ? 1 : double.Parse(settings.SamplerArgument, CultureInfo.InvariantCulture);
        return settings.Sampler switch
        {
            "always_on" => new AlwaysOnSampler(),
            "always_off" => new AlwaysOffSampler(),
            "traceidratio" => new TraceIdRatioBasedSampler(share),
            "parentbased_always_on" => new ParentBasedSampler(new AlwaysOnSampler()),
            "parentbased_always_off" => new ParentBasedSampler(new AlwaysOffSampler()),
            "parentbased_traceidratio" => new ParentBasedSampler(new TraceIdRatioBasedSampler(share)),
            _ => new ParentBasedSampler(new AlwaysOnSampler(), remoteParentNotSampled: new AlwaysOnSampler()),
        };
    }
}
