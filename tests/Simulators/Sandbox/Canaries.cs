using System.Collections.Concurrent;
using System.Text;
using Prestage.Functions.Queues;
using Prestage.Functions.Tables;

namespace Prestage.Simulators.Sandbox;

/// <summary>The secrets of a run, and the search for them wherever they must not be. What is found is told without the secret.</summary>
internal sealed class Canaries
{
    private static readonly string[] TableNames = ["Enrollments", "Devices", "Attempts", "Proofs"];
    private static readonly string[] QueueNames = ["prestage-finish", "prestage-finish-poison"];
    private readonly ConcurrentDictionary<string, string> secrets = new();

    /// <summary>From now on this text must not be found.</summary>
    public void Add(string what, string secret) => secrets[secret] = what;

    /// <summary>What is in the text.</summary>
    public IEnumerable<string> Find(string where, string text) =>
        secrets.Where(secret => text.Contains(secret.Key, StringComparison.Ordinal)).Select(secret => $"{secret.Value} is in {where}");

    /// <summary>What is in any of the lines.</summary>
    public IEnumerable<string> Find(string where, IEnumerable<string> lines) => lines.SelectMany(line => Find(where, line)).Distinct();

    /// <summary>What is in any file below a directory.</summary>
    public IEnumerable<string> FindInFiles(string directory) => Directory
        .EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .SelectMany(file => Find($"the file {Path.GetRelativePath(directory, file)}", Encoding.UTF8.GetString(File.ReadAllBytes(file))));

    /// <summary>What is in any row or message of a storage account.</summary>
    public async Task<IReadOnlyList<string>> FindInStorageAsync(string connectionString, CancellationToken cancel)
    {
        List<string> found = [];
        foreach (var name in TableNames)
        {
            var table = new TableServiceClient(connectionString).GetTableClient(name);
            await table.CreateIfNotExistsAsync(cancel);
            await foreach (var row in table.QueryAsync(null, null, null, cancel))
            {
                var values = row.Select(property => $"{property.Key}={property.Value}");
                found.AddRange(Find($"table {name}", $"{row.PartitionKey} {row.RowKey} {string.Join(' ', values)}"));
            }
        }

        foreach (var name in QueueNames)
        {
            var queue = new QueueServiceClient(connectionString).GetQueueClient(name);
            await queue.CreateIfNotExistsAsync(cancel);
            foreach (var message in await queue.ReceiveMessagesAsync(32, TimeSpan.FromSeconds(1), cancel))
            {
                found.AddRange(Find($"queue {name}", message.MessageText ?? string.Empty));
            }
        }

        return found;
    }
}
