using System.Globalization;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>
/// What <c>host.json</c> of a worker's folder says, with the host's defaults, overridden by app settings <c>AzureFunctionsJobHost__…</c>
/// (LEARN "host.json"). The worker reads the file alone.
/// </summary>
/// <param name="FunctionTimeout">How long one invocation may take.</param>
/// <param name="BodyLimit">The largest request body, in bytes.</param>
/// <param name="UsesOpenTelemetry">Whether <c>telemetryMode</c> is OpenTelemetry: only then does an HTTP invocation carry a trace.</param>
internal sealed record HostJson(string RoutePrefix, TimeSpan FunctionTimeout, long BodyLimit, bool UsesOpenTelemetry, QueueOptions Queues)
{
    private const string Override = "AzureFunctionsJobHost__";

    /// <summary>
    /// Reads it. Throws <see cref="InvalidDataException"/> where the host would refuse to start, or where a mode is not played here.
    /// </summary>
    public static HostJson Read(string folder, IReadOnlyDictionary<string, string?> settings)
    {
        var path = Path.Combine(folder, "host.json");
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{path} is missing: this is no folder of a function app.");
        }

        var overrides = settings.Where(setting => setting.Key.StartsWith(Override, StringComparison.OrdinalIgnoreCase))
            .Select(
                setting => KeyValuePair.Create(setting.Key[Override.Length..].Replace("__", ":", StringComparison.Ordinal), setting.Value));
        var file = new ConfigurationBuilder().AddJsonFile(path).AddInMemoryCollection(overrides).Build();
        if (file["version"] != "2.0")
        {
            throw new InvalidDataException("host.json: version must be \"2.0\".");
        }

        return new(
            file["extensions:http:routePrefix"] ?? "api",
            Time(file["functionTimeout"], TimeSpan.FromMinutes(30)),
            long.Parse(settings.GetValueOrDefault("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT") ?? "104857600", CultureInfo.InvariantCulture),
            string.Equals(file["telemetryMode"], "OpenTelemetry", StringComparison.OrdinalIgnoreCase),
            QueueOptions.Read(file.GetSection("extensions:queues")));
    }

    /// <summary>A time span as the file writes it.</summary>
    public static TimeSpan Time(string? text, TimeSpan otherwise) =>
        text is null ? otherwise : TimeSpan.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary><c>extensions.queues</c> of host.json (LEARN "Azure Queue storage trigger and bindings", host.json settings).</summary>
internal sealed record QueueOptions(
    int BatchSize, int NewBatchThreshold, int MaxDequeueCount, TimeSpan VisibilityTimeout, TimeSpan MaxPollingInterval)
{
    /// <summary>
    /// How long a message is taken for. No host.json of the platform says it: only a test that cannot wait for ten minutes
    /// (<c>messageLock</c>).
    /// </summary>
    public TimeSpan MessageLock { get; init; } = TimeSpan.FromMinutes(10);

    public static QueueOptions Read(IConfigurationSection section)
    {
        if (section["messageEncoding"] is { } encoding && encoding != "base64")
        {
            throw new InvalidDataException("host.json: extensions.queues.messageEncoding: only base64 is played here.");
        }

        var batch = section.GetValue("batchSize", 16);
        return new(
            batch,
            section.GetValue("newBatchThreshold", batch / 2 * Environment.ProcessorCount),
            section.GetValue("maxDequeueCount", 5),
            HostJson.Time(section["visibilityTimeout"], TimeSpan.Zero),
            HostJson.Time(section["maxPollingInterval"], TimeSpan.FromMinutes(1)))
        {
            MessageLock = HostJson.Time(section["messageLock"], TimeSpan.FromMinutes(10)),
        };
    }
}
