using System.Globalization;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>
/// What <c>host.json</c> says, with the host's defaults, overridden by app settings <c>AzureFunctionsJobHost__…</c> (azure-functions-host,
/// HttpWorkerOptionsSetup; LEARN "host.json").
/// </summary>
internal sealed record HostFile(
    string RoutePrefix, string Executable, string WorkingDirectory, IReadOnlyList<string> Arguments, TimeSpan InitializationTimeout,
    TimeSpan FunctionTimeout, long MostBodyBytes, bool HasBundle, QueueListening Queues)
{
    private const string Override = "AzureFunctionsJobHost__";

    /// <summary>Reads it. Throws <see cref="InvalidDataException"/> where this host would refuse to start, or plays no such mode.</summary>
    public static HostFile Read(string folder, IReadOnlyDictionary<string, string?> settings)
    {
        var path = Path.Combine(folder, "host.json");
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{path} is missing: this is no folder of a function app.");
        }

        var file = new ConfigurationBuilder().AddJsonFile(path).AddInMemoryCollection(Overrides(settings)).Build();
        Require(file["version"] == "2.0", "version must be \"2.0\"");
        var handler = file.GetSection("customHandler");
        Require(handler.GetValue<bool>("enableProxyingHttpRequest"), "customHandler.enableProxyingHttpRequest must be true: the older forwarding is not played here");
        Require(!handler.GetSection("http:routes").GetChildren().Any(), "customHandler.http.routes cannot be there together with HTTP functions");
        var program = handler["description:defaultExecutablePath"];
        Require(!string.IsNullOrEmpty(program), "customHandler.description.defaultExecutablePath is missing");
        var relative = Path.Combine(folder, program!);
        return new(
            file["extensions:http:routePrefix"] ?? "api",
            File.Exists(relative) ? relative : program!,
            Path.Combine(folder, handler["description:workingDirectory"] ?? string.Empty),
            [.. handler.GetSection("description:arguments").GetChildren().Select(argument => Replaced(argument.Value, settings)).OfType<string>()],
            Time(handler["initializationTimeout"], TimeSpan.FromSeconds(30)),
            Time(file["functionTimeout"], TimeSpan.FromMinutes(30)),
            long.Parse(settings.GetValueOrDefault("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT") ?? "104857600", CultureInfo.InvariantCulture),
            file["extensionBundle:id"] is { Length: > 0 },
            QueueListening.Read(file.GetSection("extensions:queues")));
    }

    /// <summary>A time span as these files write it.</summary>
    public static TimeSpan Time(string? text, TimeSpan otherwise) => text is null ? otherwise : TimeSpan.Parse(text, CultureInfo.InvariantCulture);

    /// <summary><c>%NAME%</c> is replaced from the settings; null where there is no such setting.</summary>
    public static string? Replaced(string? text, IReadOnlyDictionary<string, string?> settings) =>
        text is ['%', .. var name, '%'] ? settings.GetValueOrDefault(name) : text;

    private static IEnumerable<KeyValuePair<string, string?>> Overrides(IReadOnlyDictionary<string, string?> settings) =>
        settings.Where(setting => setting.Key.StartsWith(Override, StringComparison.OrdinalIgnoreCase))
            .Select(setting => KeyValuePair.Create(setting.Key[Override.Length..].Replace("__", ":", StringComparison.Ordinal), setting.Value));

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidDataException($"host.json: {otherwise}.");
        }
    }
}

/// <summary><c>extensions.queues</c> of host.json (LEARN "Azure Queue storage trigger and bindings", host.json settings).</summary>
internal sealed record QueueListening(int BatchSize, int NewBatchThreshold, int MaxDequeueCount, TimeSpan VisibilityTimeout, TimeSpan MaxPollingInterval)
{
    /// <summary>How long a message is held; no host.json says it, only who cannot wait for ten minutes (<c>messageLock</c>).</summary>
    public TimeSpan MessageLock { get; init; } = TimeSpan.FromMinutes(10);

    public static QueueListening Read(IConfigurationSection section)
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
            HostFile.Time(section["visibilityTimeout"], TimeSpan.Zero),
            HostFile.Time(section["maxPollingInterval"], TimeSpan.FromMinutes(1)))
        {
            MessageLock = HostFile.Time(section["messageLock"], TimeSpan.FromMinutes(10)),
        };
    }
}
