using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Azure;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Queues;

/// <summary>The queue service's bodies (learn.microsoft.com/rest/api/storageservices/get-messages).</summary>
internal static class QueueXml
{
    private static readonly XmlReaderSettings Plain = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    /// <summary>A message to send, from its encoded text.</summary>
    public static byte[] Write(string encoded) =>
        Encoding.UTF8.GetBytes(new XElement("QueueMessage", new XElement("MessageText", encoded)).ToString(SaveOptions.DisableFormatting));

    /// <summary>The messages of an answer.</summary>
    public static IReadOnlyList<QueueMessage> Read(Response response)
    {
        try
        {
            using var reader = XmlReader.Create(response.Content.ToStream(), Plain);
            return [.. XDocument.Load(reader).Root!.Elements("QueueMessage").Select(Message)];
        }
        catch (Exception exception) when (exception is XmlException or FormatException or OverflowException)
        {
            throw new RequestFailedException(response.Status, "The queue service's answer is not the XML of messages.", StorageErrorCode.InvalidAnswer, exception);
        }
    }

    private static QueueMessage Message(XElement message) => new(
        Text(message, "MessageId"),
        Text(message, "PopReceipt"),
        long.Parse(Text(message, "DequeueCount"), CultureInfo.InvariantCulture),
        message.Element("MessageText")?.Value ?? string.Empty,
        DateTimeOffset.Parse(Text(message, "InsertionTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    private static string Text(XElement message, string name) => message.Element(name)?.Value ?? throw new FormatException($"A message has no {name}.");
}
