using System.Text.Json.Nodes;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>One function of the folder, as its <c>function.json</c> describes it; the folder's name is the function's.</summary>
internal abstract record FunctionFile(string Name)
{
    /// <summary>Switched off by <c>AzureWebJobs.{name}.Disabled</c>: no route and no listener, but an operator can run it by hand (LEARN "Disable functions").</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Reads every <c>*/function.json</c> below the folder. Throws <see cref="InvalidDataException"/> for what the host refuses.</summary>
    public static IReadOnlyList<FunctionFile> ReadAll(string folder, HostFile host, IReadOnlyDictionary<string, string?> settings) =>
    [
        .. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)
            .Select(directory => Path.Combine(directory, "function.json"))
            .Where(File.Exists)
            .Select(file => Read(file, host, settings))
            .Select(function => function with
            {
                IsDisabled = string.Equals(settings.GetValueOrDefault($"AzureWebJobs.{function.Name}.Disabled"), "true", StringComparison.OrdinalIgnoreCase),
            }),
    ];

    private static FunctionFile Read(string file, HostFile host, IReadOnlyDictionary<string, string?> settings)
    {
        var name = Path.GetFileName(Path.GetDirectoryName(file))!;
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            throw Wrong(name, "its folder's name is no function name");
        }

        var bindings = JsonNode.Parse(File.ReadAllText(file))!["bindings"]!.AsArray().OfType<JsonObject>().ToList();
        var trigger = bindings.SingleOrDefault(binding => Text(binding, "type")?.EndsWith("Trigger", StringComparison.Ordinal) == true)
            ?? throw Wrong(name, "it needs exactly one trigger");
        var others = bindings.Where(binding => binding != trigger).ToList();
        return Text(trigger, "type") switch
        {
            "httpTrigger" when others is [{ } only] && Text(only, "type") == "http" && Text(only, "direction") == "out" => Http(name, trigger, host),
            "httpTrigger" => throw Wrong(name, "an HTTP function with other bindings than one http output is not proxied, and not played here"),
            "queueTrigger" when !host.HasBundle => throw Wrong(name, "queueTrigger comes from the extension bundle, and host.json names none"),
            "queueTrigger" => new QueueFunction(
                name, Text(trigger, "name")!, HostFile.Replaced(Text(trigger, "queueName"), settings)!, Text(trigger, "connection") ?? "AzureWebJobsStorage"),
            "timerTrigger" => new TimerFunction(
                name, Text(trigger, "name")!, HostFile.Replaced(Text(trigger, "schedule"), settings)!, (bool?)trigger["runOnStartup"] == true),
            var other => throw Wrong(name, $"trigger {other} is not played here"),
        };
    }

    private static HttpFunction Http(string name, JsonObject trigger, HostFile host)
    {
        var route = string.Join('/', new[] { host.RoutePrefix, Text(trigger, "route") ?? name }.Where(part => part.Length > 0));
        if (route.Split('/')[0].ToUpperInvariant() is "ADMIN" or "RUNTIME")
        {
            throw Wrong(name, $"the route {route} is the host's own");
        }

        if (Text(trigger, "authLevel") != "anonymous")
        {
            throw Wrong(name, "only authLevel anonymous is played here");
        }

        var methods = trigger["methods"]?.AsArray().Select(method => method!.ToString().ToUpperInvariant());
        return new(name, route, [.. methods ?? ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]]);
    }

    private static string? Text(JsonObject binding, string member) => binding[member]?.ToString();

    private static InvalidDataException Wrong(string name, string what) => new($"{name}/function.json: {what}.");
}

/// <summary>HTTP in and out: proxied.</summary>
internal sealed record HttpFunction(string Name, string Route, IReadOnlyList<string> Methods) : FunctionFile(Name);

/// <summary>Started by a message; <paramref name="Connection"/> names the setting with the account.</summary>
internal sealed record QueueFunction(string Name, string Binding, string Queue, string Connection) : FunctionFile(Name);

/// <summary>Started by the clock; <paramref name="Schedule"/> has six fields.</summary>
internal sealed record TimerFunction(string Name, string Binding, string Schedule, bool RunOnStartup) : FunctionFile(Name);
