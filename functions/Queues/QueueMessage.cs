using System.Text;

namespace Prestage.Functions.Queues;

/// <summary>A received message, invisible to others until its time is over.</summary>
/// <param name="PopReceipt">Proves this receipt towards delete and update; opaque.</param>
/// <param name="DequeueCount">How often it was received, this time included.</param>
/// <param name="Body">As stored.</param>
/// <param name="InsertedOn">When it was put.</param>
internal sealed record QueueMessage(string MessageId, string PopReceipt, long DequeueCount, string Body, DateTimeOffset InsertedOn)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text that was sent; null when the body is not base64 of UTF-8, so that one foreign message spoils no others.</summary>
    public string? MessageText { get; } = Decode(Body);

    private static string? Decode(string body)
    {
        var bytes = new byte[body.Length];
        try
        {
            return Convert.TryFromBase64String(body, bytes, out var length) ? Utf8.GetString(bytes, 0, length) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

/// <summary>What is known of a queue.</summary>
/// <param name="ApproximateMessagesCount">Messages in it, invisible ones included; at least as many as there are.</param>
internal sealed record QueueProperties(int ApproximateMessagesCount);
