using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Storage.Queues;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Hosting;

namespace Prestage.Functions.Background.Finish;

/// <summary>Queue <c>prestage-finish</c>.</summary>
/// <param name="EnrollmentId">Which enrollment.</param>
/// <param name="Attempt">Which attempt; a message with another number than the row's is dropped.</param>
/// <param name="Turn">Which message of the attempt: only the live one puts a successor (<see cref="FinishTurns"/>).</param>
internal sealed record FinishMessage(
    string EnrollmentId, [property: JsonPropertyOrder(1)] int Attempt, int Turn = FinishMessage.FirstTurn)
{
    /// <summary>The turn of an attempt's first message.</summary>
    public const int FirstTurn = 1;

    /// <summary>Reads a message's text; null where it is no message of ours. Nothing of the text is told: it may be anything.</summary>
    public static FinishMessage? Read(string text)
    {
        try
        {
            var message = JsonSerializer.Deserialize(text, HostingJson.Default.FinishMessage);
            return message?.EnrollmentId is null ? null : message;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Puts messages.</summary>
internal sealed class FinishQueue(QueueClient queue)
{
    /// <summary>The queue's name.</summary>
    public const string Name = "prestage-finish";

    // With the service's own default of seven days a message would end unseen.
    private static readonly TimeSpan Unending = TimeSpan.FromSeconds(-1);

    /// <summary>Puts the first message of the present attempt; it is delivered after the delay (whole seconds).</summary>
    public Task SendAsync(EnrollmentRow enrollment, TimeSpan delay, CancellationToken cancellationToken) =>
        SendAsync(new FinishMessage(enrollment.Id.ToString(), enrollment.Attempt), delay, cancellationToken);

    /// <summary>Puts a message as it was.</summary>
    public async Task SendAsync(FinishMessage message, TimeSpan delay, CancellationToken cancellationToken)
    {
        var text = JsonSerializer.Serialize(message, HostingJson.Default.FinishMessage);

        // The package cuts a fraction of a second off, and the message would come too early.
        await queue.SendMessageAsync(text, TimeSpan.FromSeconds(Math.Ceiling(delay.TotalSeconds)), Unending, cancellationToken);
    }
}
