using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Queues.Models;
using Google.Protobuf;
using Prestage.Simulators.FunctionsHost.Rpc;

namespace Prestage.Simulators.FunctionsHost.Triggers;

/// <summary>
/// What an invocation carries: the trigger's value and its metadata. Numbers and dates travel as JSON, since the worker takes no others;
/// the top-level members of a JSON body or message are metadata too, and hide what has the same name, whatever its case.
/// </summary>
internal static class TriggerData
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An HTTP call: the request itself goes by the proxy.</summary>
    public static InvocationRequest Http(HttpTrigger trigger, HttpContext call, string? body)
    {
        var metadata = Metadata();
        AddMembers(metadata, body);
        metadata["Query"] = Json(call.Request.Query.Select(pair => (pair.Key, pair.Value.ToString())));
        metadata["Headers"] = Json(call.Request.Headers.Select(pair => (pair.Key, pair.Value.ToString())));
        foreach (var (name, value) in call.Request.RouteValues)
        {
            metadata[name] = Text(Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty);
        }

        return Request(trigger, new() { Http = new() }, metadata);
    }

    /// <summary>A message of a queue; <paramref name="text"/> is decoded.</summary>
    public static InvocationRequest Queue(QueueTrigger trigger, QueueMessage message, string text)
    {
        var metadata = Metadata();
        metadata["QueueTrigger"] = Text(text);
        metadata["Id"] = Text(message.MessageId);
        metadata["PopReceipt"] = Text(message.PopReceipt);
        metadata["DequeueCount"] = Number(message.DequeueCount);
        metadata["InsertionTime"] = Date(message.InsertedOn ?? default);
        metadata["ExpirationTime"] = Date(message.ExpiresOn ?? default);
        metadata["NextVisibleTime"] = Date(message.NextVisibleOn ?? default);
        AddMembers(metadata, text);
        return Request(trigger, trigger.IsDeferred ? new() { ModelBindingData = Deferred(message, text) } : Text(text), metadata);
    }

    /// <summary>
    /// A run of a queue's function by hand, <c>POST /admin/functions/{name}</c>: the input stands where the message would.
    /// </summary>
    public static InvocationRequest ByHand(QueueTrigger trigger, string input) =>
        Queue(trigger, QueuesModelFactory.QueueMessage(Guid.NewGuid().ToString(), string.Empty, input, 0), input);

    /// <summary>A run of a timer.</summary>
    public static InvocationRequest Timer(TimerTrigger trigger, TimerStatus? status, bool isPastDue, DateTimeOffset now)
    {
        var value = new JsonObject
        {
            ["Schedule"] = new JsonObject { ["AdjustForDST"] = true },
            ["ScheduleStatus"] = status is null
                ? null
                : new JsonObject { ["Last"] = Iso(status.Last), ["Next"] = Iso(status.Next), ["LastUpdated"] = Iso(status.Last) },
            ["IsPastDue"] = isPastDue,
        };
        var metadata = Metadata();
        metadata["TimerTrigger"] = Text(now.ToString("MM/dd/yyyy HH:mm:ss", CultureInfo.InvariantCulture));
        return Request(trigger, new() { Json = value.ToJsonString() }, metadata);
    }

    private static InvocationRequest Request(FunctionTrigger trigger, TypedData value, Dictionary<string, TypedData> metadata)
    {
        var request = new InvocationRequest
        {
            InvocationId = Guid.NewGuid().ToString(),
            FunctionId = trigger.Metadata.FunctionId,
            TraceContext = new(),
        };
        request.InputData.Add(new ParameterBinding { Name = trigger.Binding, Data = value });
        request.TriggerMetadata.Add(metadata);
        return request;
    }

    private static ModelBindingData Deferred(QueueMessage message, string text) => new()
    {
        Version = "1.0",
        Source = "AzureStorageQueues",
        ContentType = "application/json",
        Content = ByteString.CopyFromUtf8(new JsonObject
        {
            ["MessageId"] = message.MessageId,
            ["PopReceipt"] = message.PopReceipt,
            ["MessageText"] = text,
            ["DequeueCount"] = message.DequeueCount,
            ["NextVisibleOn"] = message.NextVisibleOn?.ToString("O", CultureInfo.InvariantCulture),
            ["InsertedOn"] = message.InsertedOn?.ToString("O", CultureInfo.InvariantCulture),
            ["ExpiresOn"] = message.ExpiresOn?.ToString("O", CultureInfo.InvariantCulture),
        }.ToJsonString()),
    };

    private static void AddMembers(Dictionary<string, TypedData> metadata, string? text)
    {
        try
        {
            if (text is not null && JsonNode.Parse(text) is JsonObject members)
            {
                foreach (var (name, value) in members.Where(member => member.Value is not (null or JsonArray)))
                {
                    // Under the name that is there already, if one differs by its case alone.
                    metadata[name] = value!.GetValueKind() == JsonValueKind.String
                        ? Text(TextOf(value))
                        : new() { Json = value.ToJsonString(Relaxed) };
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // What is no JSON, or names a member twice, has no members.
        }
    }

    // Half a surrogate pair is no text: the message has a replacement character.
    private static string TextOf(JsonNode value)
    {
        try
        {
            return value.GetValue<string>();
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }

    private static Dictionary<string, TypedData> Metadata() => new(StringComparer.OrdinalIgnoreCase);

    private static TypedData Text(string value) => new() { String = value };

    private static TypedData Number(long value) => new() { Json = value.ToString(CultureInfo.InvariantCulture) };

    private static TypedData Date(DateTimeOffset value) => new() { Json = JsonSerializer.Serialize(Iso(value), Relaxed) };

    private static TypedData Json(IEnumerable<(string Name, string Value)> pairs)
    {
        var members = new JsonObject();
        foreach (var (name, value) in pairs)
        {
            members[name] = value;
        }

        return new() { Json = members.ToJsonString(Relaxed) };
    }

    private static string Iso(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture);
}
