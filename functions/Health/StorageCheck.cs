using Azure;
using Azure.Data.Tables;
using Azure.Storage.Queues;

namespace Prestage.Functions.Health;

/// <summary>
/// Tables and queues. It looks by creating what is there already, which needs the same rights as the program's own writes, and makes anew
/// what somebody has deleted.
/// </summary>
internal sealed class StorageCheck(IReadOnlyList<TableClient> tables, QueueClient queue, QueueClient poison, StorageFindings table, StorageFindings queues)
    : IDependencyCheck
{
    private const string Tables = "tables";
    private const string Queue = "queue";
    private const string Poison = "poison-queue";

    /// <inheritdoc/>
    public Task LookAsync(DependencyBoard board, CancellationToken cancellationToken) => Task.WhenAll(
        PostAsync(board, Tables, table, async () =>
        {
            await Task.WhenAll(tables.Select(each => each.CreateIfNotExistsAsync(cancellationToken)));
            return Finding.Ok($"{tables.Count} tables can be written.");
        }),
        PostAsync(board, Queue, queues, async () => Finding.Ok($"{queue.Name} has {await LengthAsync(queue, cancellationToken)} messages.")),
        PostAsync(board, Poison, queues, async () => await LengthAsync(poison, cancellationToken) is > 0 and var count
            ? new(
                DependencyStatus.Degraded, "poison-waiting", $"{count} messages that were given up wait in {poison.Name}.",
                "They are taken within ten minutes, and their enrollments become failed. If they stay: the log's errors of PoisonMessage say why.")
            : Finding.Ok($"{poison.Name} is empty.")));

    private static async Task<int> LengthAsync(QueueClient queue, CancellationToken cancellationToken)
    {
        await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        return (await queue.GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount;
    }

    private static async Task PostAsync(DependencyBoard board, string name, StorageFindings findings, Func<Task<Finding>> look)
    {
        try
        {
            board.Post(name, await look());
        }
        catch (RequestFailedException exception)
        {
            board.Post(name, findings.Of(exception));
        }
    }
}
