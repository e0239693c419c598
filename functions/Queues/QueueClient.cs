using System.Globalization;
using Azure;
using Azure.Core;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Queues;

/// <summary>
/// One queue. Arguments that the service would refuse are an <see cref="ArgumentException"/> before anything is sent; every failure after
/// that is a <see cref="RequestFailedException"/> whose <c>ErrorCode</c> is the service's (<see cref="QueueErrorCode"/>) or one of
/// <see cref="StorageErrorCode"/>. Delivery is at least once and in no order.
/// </summary>
internal sealed class QueueClient
{
    private readonly StoragePipeline pipeline;
    private readonly string address;

    internal QueueClient(StoragePipeline pipeline, string endpoint, string name)
    {
        QueueLimits.CheckQueueName(name);
        this.pipeline = pipeline;
        address = $"{endpoint}/{name}";
        Name = name;
    }

    public string Name { get; }

    /// <summary>Creates the queue; false when it was there. A name deleted less than a minute ago throws QueueBeingDeleted.</summary>
    public async Task<bool> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
    {
        using var message = Create("create", RequestMethod.Put, string.Empty);
        var response = await pipeline.SendAsync(message, cancellationToken, QueueErrorCode.QueueAlreadyExists);
        return response.Status == 201;
    }

    /// <summary>
    /// Sends a text of at most 48 KiB as base64 of UTF-8. It can be received after <paramref name="visibilityTimeout"/> (whole seconds, to
    /// 7 days; at once by default) and stays until deleted. A retry after a lost answer may send it twice.
    /// </summary>
    public async Task SendMessageAsync(string messageText, TimeSpan? visibilityTimeout = null, CancellationToken cancellationToken = default)
    {
        using var message = Create("send", RequestMethod.Post, "/messages");
        message.Request.Uri.AppendQuery("visibilitytimeout", QueueLimits.Seconds(visibilityTimeout ?? TimeSpan.Zero, 0));

        // -1 is never: with the default of 7 days a message would end unseen, and the longest delay would be refused.
        message.Request.Uri.AppendQuery("messagettl", "-1");
        message.Request.Headers.SetValue(HttpHeader.Names.ContentType, "application/xml");
        message.Request.Content = RequestContent.Create(QueueXml.Write(QueueLimits.Encode(messageText)));
        await pipeline.SendAsync(message, cancellationToken);
    }

    /// <summary>Receives 1 to 32 messages, fewer or none when there are; others see them again after the time (1 s to 7 days, default 30 s).</summary>
    public async Task<IReadOnlyList<QueueMessage>> ReceiveMessagesAsync(
        int maxMessages = 1, TimeSpan? visibilityTimeout = null, CancellationToken cancellationToken = default)
    {
        if (maxMessages is < 1 or > QueueLimits.ReceivedMessages)
        {
            throw new ArgumentOutOfRangeException(nameof(maxMessages), maxMessages, $"1 to {QueueLimits.ReceivedMessages} messages can be received.");
        }

        using var message = Create("receive", RequestMethod.Get, "/messages");
        message.Request.Uri.AppendQuery("numofmessages", $"{maxMessages}");
        message.Request.Uri.AppendQuery("visibilitytimeout", QueueLimits.Seconds(visibilityTimeout ?? TimeSpan.FromSeconds(30), 1));
        return QueueXml.Read(await pipeline.SendAsync(message, cancellationToken));
    }

    /// <summary>Deletes a received message; PopReceiptMismatch or MessageNotFound when its receipt is no longer valid.</summary>
    public async Task DeleteMessageAsync(string messageId, string popReceipt, CancellationToken cancellationToken = default)
    {
        using var message = CreateForMessage("delete", RequestMethod.Delete, messageId, popReceipt);
        await pipeline.SendAsync(message, cancellationToken);
    }

    /// <summary>Lets a received message be seen by others after another time (whole seconds, 0 to 7 days). Returns its new receipt.</summary>
    public async Task<string> UpdateMessageAsync(string messageId, string popReceipt, TimeSpan visibilityTimeout, CancellationToken cancellationToken = default)
    {
        using var message = CreateForMessage("update", RequestMethod.Put, messageId, popReceipt);
        message.Request.Uri.AppendQuery("visibilitytimeout", QueueLimits.Seconds(visibilityTimeout, 0));
        var response = await pipeline.SendAsync(message, cancellationToken);
        return Header(response, "x-ms-popreceipt");
    }

    /// <summary>Reads the queue's properties.</summary>
    public async Task<QueueProperties> GetPropertiesAsync(CancellationToken cancellationToken = default)
    {
        using var message = Create("properties", RequestMethod.Get, string.Empty);
        message.Request.Uri.AppendQuery("comp", "metadata");
        var response = await pipeline.SendAsync(message, cancellationToken);
        return int.TryParse(Header(response, "x-ms-approximate-messages-count"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new QueueProperties(count)
            : throw new RequestFailedException(response.Status, "The queue's length is no number.", StorageErrorCode.InvalidAnswer, innerException: null);
    }

    private static string Header(Response response, string name) => response.Headers.TryGetValue(name, out var value)
        ? value
        : throw new RequestFailedException(response.Status, $"The queue service's answer has no {name}.", StorageErrorCode.InvalidAnswer, innerException: null);

    private HttpMessage Create(string operation, RequestMethod method, string path) =>
        pipeline.CreateMessage(new(operation, Name, IsOnQueue: true), method, new($"{address}{path}"), QueueClientOptions.ApiVersion);

    private HttpMessage CreateForMessage(string operation, RequestMethod method, string messageId, string popReceipt)
    {
        var message = Create(operation, method, $"/messages/{Uri.EscapeDataString(messageId)}");
        message.Request.Uri.AppendQuery("popreceipt", popReceipt, escapeValue: true);
        return message;
    }
}
