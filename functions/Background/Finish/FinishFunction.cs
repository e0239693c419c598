using System.Globalization;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;

namespace Prestage.Functions.Background.Finish;

/// <summary>Finishes an enrollment whose Mac is done.</summary>
internal sealed class FinishFunction(EnrollmentFinish finish)
{
    [Function("Finish")]
    public async Task RunAsync(
        [QueueTrigger(FinishQueue.Name, Connection = "AzureWebJobsStorage")] string message, FunctionContext context)
    {
        var read = FinishMessage.Read(message) ?? throw new JsonException("The queue message is none of ours.");
        var metadata = context.BindingContext.BindingData;
        await finish.DeliverAsync(read, DeliveryOf(metadata), InsertedOf(metadata), context.CancellationToken);
    }

    // From 1; a run by hand has 0. The host lets members of the message hide these names, so ours has none of them.
    private static int DeliveryOf(IReadOnlyDictionary<string, object?> metadata) =>
        metadata.TryGetValue("DequeueCount", out var count)
        && int.TryParse($"{count}", NumberStyles.None, CultureInfo.InvariantCulture, out var delivery)
            ? Math.Max(1, delivery)
            : 1;

    // JSON text; a run by hand has none.
    private static DateTimeOffset? InsertedOf(IReadOnlyDictionary<string, object?> metadata) =>
        metadata.TryGetValue("InsertionTime", out var time)
        && DateTimeOffset.TryParse($"{time}".Trim('"'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var insertedOn)
            ? insertedOn
            : null;
}
