using System.Text.Json;
using System.Xml;
using System.Xml.Linq;

namespace Prestage.Functions.Storage;

/// <summary>
/// The code and message in the body of a storage error, in each of the shapes that the services use: OData JSON from tables, XML from
/// queues and, for refused requests, from tables too. Either is null where the body does not say.
/// </summary>
internal readonly record struct StorageErrorBody(string? Code, string? Message)
{
    private static readonly XmlReaderSettings Plain = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a body; one that is empty, cut off or of another shape (a proxy's page) says nothing, and that is no error.</summary>
    public static StorageErrorBody Read(ReadOnlyMemory<byte> body)
    {
        if (body.Span.StartsWith(ByteOrderMark))
        {
            body = body[ByteOrderMark.Length..];
        }

        try
        {
            return body.Span.TrimStart(" \r\n\t"u8) switch
            {
                [(byte)'{', ..] => FromJson(body),
                [(byte)'<', ..] => FromXml(body),
                _ => default,
            };
        }
        catch (Exception exception) when (exception is JsonException or XmlException)
        {
            return default;
        }
    }

    private static StorageErrorBody FromJson(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        if ((!root.TryGetProperty("odata.error", out var error) && !root.TryGetProperty("error", out error)) || error.ValueKind != JsonValueKind.Object)
        {
            return default;
        }

        error.TryGetProperty("code", out var code);
        if (error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.Object)
        {
            message.TryGetProperty("value", out message);
        }

        return new(Text(code), WithoutTail(Text(message)));
    }

    private static StorageErrorBody FromXml(ReadOnlyMemory<byte> body)
    {
        using var reader = XmlReader.Create(new MemoryStream(body.ToArray()), Plain);
        var root = XDocument.Load(reader).Root!;
        return new(Child(root, "code"), WithoutTail(Child(root, "message")));
    }

    private static string? Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 0 } text ? text : null;

    private static string? Child(XElement root, string name) =>
        root.Elements().FirstOrDefault(child => child.Name.LocalName.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value is { Length: > 0 } text
            ? text
            : null;

    // Every message ends with "\nRequestId:…\nTime:…", which makes equal errors look different.
    private static string? WithoutTail(string? message) =>
        message?.IndexOf("\nRequestId:", StringComparison.Ordinal) is >= 0 and var tail ? message[..tail].TrimEnd() : message;
}
