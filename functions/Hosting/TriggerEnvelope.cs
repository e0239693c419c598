using System.Globalization;
using System.Text.Json;

namespace Prestage.Functions.Hosting;

/// <summary>
/// What the Functions host posts for a queue message: strings are JSON-encoded twice, in documentation samples once, objects not at all; all
/// are read (azure-functions-host, ScriptInvocationContextExtensions).
/// </summary>
/// <param name="Text">The message's own text.</param>
/// <param name="Delivery">Which delivery of it this is; the first is 1.</param>
/// <param name="InsertedOn">When the message was put, where the host says so: a run by hand has no such time.</param>
internal readonly record struct TriggerEnvelope(string Text, int Delivery, DateTimeOffset? InsertedOn)
{
    /// <summary>The answer that the host takes for success; an answer without a JSON object would hang the invocation.</summary>
    public static IResult Done => TypedResults.Text("{}", "application/json");

    /// <summary>Reads the envelope of a queue trigger with the binding <paramref name="name"/>. Throws <see cref="JsonException"/>.</summary>
    public static async Task<TriggerEnvelope> ReadAsync(HttpRequest request, string name, CancellationToken cancellationToken)
    {
        using var envelope = await JsonDocument.ParseAsync(request.Body, cancellationToken: cancellationToken);
        var message = Member(Member(envelope.RootElement, "Data"), name) ?? throw new JsonException($"The trigger's envelope has no Data.{name}.");
        var delivery = Member(Member(envelope.RootElement, "Metadata"), "DequeueCount") is { } count
            && int.TryParse(Unwrap(count), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : 1;
        var inserted = Member(Member(envelope.RootElement, "Metadata"), "InsertionTime") is { } time
            && DateTimeOffset.TryParse(Unwrap(time), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? at
                : (DateTimeOffset?)null;
        return new(Unwrap(message), delivery, inserted);
    }

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out var member) ? member : null;

    private static string Unwrap(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.Deserialize(HostingJson.Default.String)! : value.GetRawText();
        return text.StartsWith('"') ? JsonSerializer.Deserialize(text, HostingJson.Default.String)! : text;
    }
}
