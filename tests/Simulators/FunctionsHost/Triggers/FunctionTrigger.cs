using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Prestage.Simulators.FunctionsHost.Rpc;

namespace Prestage.Simulators.FunctionsHost.Triggers;

/// <summary>One function as the worker announced it, and what starts it.</summary>
/// <param name="Binding">The trigger's parameter.</param>
internal abstract partial record FunctionTrigger(RpcFunctionMetadata Metadata, string Binding)
{
    private static readonly string[] EveryMethod = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];

    public string Name => Metadata.Name;

    /// <summary>
    /// Switched off by <c>AzureWebJobs.{name}.Disabled</c>: no route and no listener, but an operator can run it by hand (LEARN "Disable
    /// functions").
    /// </summary>
    public bool IsDisabled { get; init; }

    /// <summary>Why the function has no listener though it is switched on: a setting that it names is missing.</summary>
    public string? Fault { get; init; }

    /// <summary>
    /// Reads what a worker announced. Throws <see cref="InvalidDataException"/> for what the host refuses or what is not played here.
    /// </summary>
    public static FunctionTrigger Read(RpcFunctionMetadata metadata, HostJson host, IReadOnlyDictionary<string, string?> settings)
    {
        var bindings = metadata.RawBindings.Select(raw => JsonNode.Parse(raw)!).ToList();
        metadata = WithBindings(metadata, bindings);
        var trigger = bindings.SingleOrDefault(binding => Text(binding, "type")?.EndsWith("Trigger", StringComparison.Ordinal) == true)
            ?? throw new InvalidDataException($"{metadata.Name}: it needs exactly one trigger.");
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        FunctionTrigger read = Text(trigger, "type") switch
        {
            "httpTrigger" => Http(metadata, trigger, host),
            "queueTrigger" => new QueueTrigger(
                metadata, Text(trigger, "name")!, Expanded(Text(trigger, "queueName")!),
                Text(trigger, "connection") is { Length: > 0 } connection ? Expanded(connection) : "AzureWebJobsStorage",
                Text(trigger["properties"], "supportsDeferredBinding") == "True"),
            "timerTrigger" => new TimerTrigger(
                metadata, Text(trigger, "name")!, Expanded(Text(trigger, "schedule")!), (bool?)trigger["useMonitor"] ?? true,
                (bool?)trigger["runOnStartup"] == true),
            var other => throw new InvalidDataException($"{metadata.Name}: the trigger {other} is not played here."),
        };
        var setting = settings.FirstOrDefault(
            one => string.Equals(one.Key, $"AzureWebJobs.{metadata.Name}.Disabled", StringComparison.OrdinalIgnoreCase)).Value;
        return read with
        {
            IsDisabled = setting == "1" || string.Equals(setting, "true", StringComparison.OrdinalIgnoreCase),
            Fault = missing.Count == 0 ? null : $"'%{missing.First()}%' does not resolve to a value.",
        };

        // %NAME% stands for a setting; the worker leaves that to the host.
        string Expanded(string text) => Variable().Replace(text, match =>
        {
            var name = match.Groups[1].Value;
            if (settings.GetValueOrDefault(name) is { } value)
            {
                return value;
            }

            missing.Add(name);
            return match.Value;
        });
    }

    private static HttpTrigger Http(RpcFunctionMetadata metadata, JsonNode trigger, HostJson host)
    {
        var own = Text(trigger, "route") is { Length: > 0 } given ? given : metadata.Name;
        var route = host.RoutePrefix.Length == 0 ? own : $"{host.RoutePrefix}/{own}";
        if (route.Split('/')[0].ToUpperInvariant() is "ADMIN" or "RUNTIME")
        {
            throw new InvalidDataException($"{metadata.Name}: the route {route} is the host's own.");
        }

        if (!string.Equals(Text(trigger, "authLevel"), "anonymous", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidDataException($"{metadata.Name}: only the authorization level Anonymous is played here.");
        }

        var methods = trigger["methods"]?.AsArray().Select(method => method!.ToString().ToUpperInvariant()).ToList();
        return new(metadata, Text(trigger, "name")!, route, methods is { Count: > 0 } ? methods : EveryMethod);
    }

    // The worker learns what its own bindings are from the host, which reads them from the text.
    private static RpcFunctionMetadata WithBindings(RpcFunctionMetadata announced, IEnumerable<JsonNode> bindings)
    {
        var read = announced.Clone();
        read.Bindings.Clear();
        foreach (var binding in bindings)
        {
            read.Bindings[Text(binding, "name")!] = new()
            {
                Type = Text(binding, "type"),
                Direction = string.Equals(Text(binding, "direction"), "in", StringComparison.OrdinalIgnoreCase)
                    ? BindingInfo.Types.Direction.In
                    : BindingInfo.Types.Direction.Out,
                DataType = string.Equals(Text(binding, "dataType"), "string", StringComparison.OrdinalIgnoreCase)
                    ? BindingInfo.Types.DataType.String
                    : BindingInfo.Types.DataType.Undefined,
            };
        }

        return read;
    }

    private static string? Text(JsonNode? node, string member) => node?[member]?.ToString();

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Variable();
}

/// <summary>HTTP in and out, proxied.</summary>
internal sealed record HttpTrigger(RpcFunctionMetadata Metadata, string Binding, string Route, IReadOnlyList<string> Methods)
    : FunctionTrigger(Metadata, Binding);

/// <summary>Started by a message.</summary>
/// <param name="Connection">The setting with the account.</param>
/// <param name="IsDeferred">Whether the worker converts the message itself, from all that the queue said of it.</param>
internal sealed record QueueTrigger(RpcFunctionMetadata Metadata, string Binding, string Queue, string Connection, bool IsDeferred)
    : FunctionTrigger(Metadata, Binding);

/// <summary>Started by the clock.</summary>
/// <param name="Schedule">Six fields, UTC.</param>
/// <param name="UseMonitor">Whether its last run is remembered, so that a run which was missed is made up for at the next start.</param>
internal sealed record TimerTrigger(RpcFunctionMetadata Metadata, string Binding, string Schedule, bool UseMonitor, bool RunOnStartup)
    : FunctionTrigger(Metadata, Binding);
