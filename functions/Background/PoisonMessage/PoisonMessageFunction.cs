using Microsoft.Azure.Functions.Worker;

namespace Prestage.Functions.Background.PoisonMessage;

/// <summary>Takes each message that the Functions host has given up.</summary>
internal sealed class PoisonMessageFunction(EnrollmentPoison poison)
{
    [Function("PoisonMessage")]
    public Task RunAsync(
        [QueueTrigger(EnrollmentPoison.QueueName, Connection = "AzureWebJobsStorage")] string message, FunctionContext context) =>
        poison.TakeAsync(message, context.CancellationToken);
}
