using System.Text;

namespace Prestage.Functions.Queues;

/// <summary>
/// What the queue service accepts (learn.microsoft.com/rest/api/storageservices/put-message), checked before anything is sent.
/// </summary>
internal static class QueueLimits
{
    public const int ReceivedMessages = 32;
    private const int MessageBytes = 64 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public static void CheckQueueName(string name)
    {
        if (name.Length is < 3 or > 63 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            || name[0] == '-' || name[^1] == '-' || name.Contains("--", StringComparison.Ordinal))
        {
            throw new ArgumentException($"{name} is no queue name: 3 to 63 lower-case letters, digits and single hyphens between them.", nameof(name));
        }
    }

    /// <summary>Base64 of the text's UTF-8, as the Functions host expects it; longer than 64 KiB is an <see cref="ArgumentException"/>.</summary>
    public static string Encode(string messageText)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(messageText));
        return encoded.Length <= MessageBytes
            ? encoded
            : throw new ArgumentException($"The message has {encoded.Length} bytes as base64; {MessageBytes} is the limit.", nameof(messageText));
    }

    /// <summary>The whole seconds from <paramref name="least"/> to seven days that the service takes; it would cut a fraction off.</summary>
    public static string Seconds(TimeSpan visibilityTimeout, int least) =>
        visibilityTimeout.Ticks % TimeSpan.TicksPerSecond == 0 && visibilityTimeout >= TimeSpan.FromSeconds(least) && visibilityTimeout <= Longest
            ? $"{(long)visibilityTimeout.TotalSeconds}"
            : throw new ArgumentOutOfRangeException(nameof(visibilityTimeout), visibilityTimeout, $"Whole seconds from {least} to 604800 are needed.");
}
