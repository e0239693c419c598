namespace Prestage.Functions.Telemetry;

/// <summary>Exports what keeps the program from starting, which happens before there is a host that could.</summary>
internal static partial class StartFailures
{
    /// <summary>Exports each problem and sends it; nothing where the export has no receiver, or has itself a problem.</summary>
    public static void Export(OpenTelemetrySettings settings, IConfiguration configuration, IEnumerable<string> problems)
    {
        if (!settings.IsOn || settings.Problems().Any())
        {
            return;
        }

        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddLogging();
        services.AddTelemetry(settings);
        using var provider = services.BuildServiceProvider();
        var log = provider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(StartFailures).FullName!);
        foreach (var problem in problems)
        {
            Log.WrongSetting(log, problem);
        }

        // Disposing the provider sends them, or gives up after 5 s.
    }

    private static partial class Log
    {
        [LoggerMessage(9501, LogLevel.Critical, "Setting {Problem}")]
        public static partial void WrongSetting(ILogger log, string problem);
    }
}
