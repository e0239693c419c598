using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Queues.Models;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>
/// The JSON that a trigger delivers: strings are serialized once more, numbers are text, a timer is an object (azure-functions-host,
/// ScriptInvocationContextExtensions and its unit tests; TimerInfo of azure-webjobs-sdk-extensions).
/// </summary>
internal static class Envelope
{
    /// <summary>Names that the queue's own metadata take.</summary>
    private static readonly string[] QueueKeys = ["DequeueCount", "Id", "PopReceipt", "InsertionTime", "ExpirationTime", "NextVisibleTime", "sys"];

    /// <summary>A message of a queue.</summary>
    public static JsonObject Queue(QueueFunction function, QueueMessage message, string text, DateTimeOffset now)
    {
        var metadata = new JsonObject
        {
            ["DequeueCount"] = message.DequeueCount.ToString(CultureInfo.InvariantCulture),
            ["Id"] = Twice(message.MessageId),
            ["PopReceipt"] = Twice(message.PopReceipt),
            ["InsertionTime"] = Date(message.InsertedOn!.Value),
            ["ExpirationTime"] = Date(now.AddDays(7)),
            ["NextVisibleTime"] = Date(now.AddMinutes(10)),
        };
        AddMembers(metadata, text);
        metadata["sys"] = System(function.Name, now);
        return new() { ["Data"] = new JsonObject { [function.Binding] = Twice(text) }, ["Metadata"] = metadata };
    }

    /// <summary>A tick of a timer.</summary>
    public static JsonObject Timer(TimerFunction function, DateTimeOffset? last, DateTimeOffset next, DateTimeOffset now) => new()
    {
        ["Data"] = new JsonObject
        {
            [function.Binding] = new JsonObject
            {
                ["Schedule"] = new JsonObject { ["AdjustForDST"] = true },
                ["ScheduleStatus"] = last is null ? null : new JsonObject { ["Last"] = Date(last.Value), ["Next"] = Date(next), ["LastUpdated"] = Date(last.Value) },
                ["IsPastDue"] = false,
            },
        },
        ["Metadata"] = new JsonObject { ["sys"] = System(function.Name, now) },
    };

    /// <summary>A run by hand, <c>POST /admin/functions/{name}</c>: the input stands where the message would.</summary>
    public static JsonObject ByHand(FunctionFile function, string binding, string input, DateTimeOffset now) => new()
    {
        ["Data"] = new JsonObject { [binding] = Twice(input) },
        ["Metadata"] = new JsonObject { ["sys"] = System(function.Name, now) },
    };

    // The top-level members of a JSON message become metadata too.
    private static void AddMembers(JsonObject metadata, string text)
    {
        try
        {
            if (JsonNode.Parse(text) is JsonObject message)
            {
                foreach (var (name, value) in message.Where(member =>
                    !QueueKeys.Contains(member.Key, StringComparer.OrdinalIgnoreCase) && !member.Key.EndsWith("trigger", StringComparison.OrdinalIgnoreCase)))
                {
                    metadata[name] = value?.GetValueKind() == JsonValueKind.String ? Twice(value.GetValue<string>()) : value?.ToJsonString();
                }
            }
        }
        catch (JsonException)
        {
            // A message that is no JSON has no members.
        }
    }

    private static JsonObject System(string name, DateTimeOffset now) =>
        new() { ["MethodName"] = name, ["UtcNow"] = now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), ["RandGuid"] = Guid.NewGuid().ToString() };

    private static string Twice(string text) => JsonSerializer.Serialize(text);

    private static string Date(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
