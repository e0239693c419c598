namespace Prestage.Functions.Telemetry;

/// <summary>What exports, where a receiver is set.</summary>
internal static class TelemetryParts
{
    /// <summary>Adds it; nothing of it, and nothing of OpenTelemetry's SDK, without a receiver.</summary>
    public static void AddTelemetry(this IServiceCollection services, OpenTelemetrySettings settings)
    {
        if (settings.IsOn)
        {
            services.AddSingleton(settings);
            services.AddSingleton<TelemetryExport>();
            services.AddHostedService(provider => provider.GetRequiredService<TelemetryExport>());
        }
    }
}
