using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Azure.Data.Tables;
using Azure.Storage.Queues;

namespace Prestage.Simulators.Sandbox;

/// <summary>The secrets of a run, and the search for them wherever they must not be. What is found is told without the secret.</summary>
internal sealed partial class Canaries
{
    private static readonly string[] TableNames = ["Enrollments", "Devices", "Attempts", "Proofs", "Passcodes"];
    private static readonly string[] QueueNames = ["prestage-finish", "prestage-finish-poison"];
    private readonly ConcurrentDictionary<string, string> secrets = new();

    /// <summary>From now on this text must not be found.</summary>
    public void Add(string what, string secret) => secrets[secret] = what;

    /// <summary>What is in the text; a token or a proof, whosoever it is, is found by its shape.</summary>
    public IEnumerable<string> Find(string where, string text)
    {
        foreach (var secret in secrets.Where(secret => text.Contains(secret.Key, StringComparison.Ordinal)))
        {
            yield return $"{secret.Value} is in {where}";
        }

        if (Token().IsMatch(text))
        {
            yield return $"a token is in {where}";
        }

        if (Signature().IsMatch(text))
        {
            yield return $"a proof is in {where}";
        }
    }

    /// <summary>What is in any of the lines.</summary>
    public IEnumerable<string> Find(string where, IEnumerable<string> lines) => lines.SelectMany(line => Find(where, line)).Distinct();

    /// <summary>What is in any file below a directory.</summary>
    public IEnumerable<string> FindInFiles(string directory) => Directory
        .EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .SelectMany(file => Find($"the file {Path.GetRelativePath(directory, file)}", Encoding.UTF8.GetString(File.ReadAllBytes(file))));

    /// <summary>What is in any row or message of a storage account.</summary>
    public async Task<IReadOnlyList<string>> FindInStorageAsync(string connectionString, CancellationToken cancellationToken)
    {
        List<string> found = [];
        foreach (var name in TableNames)
        {
            var table = new TableServiceClient(connectionString).GetTableClient(name);
            await table.CreateIfNotExistsAsync(cancellationToken);
            await foreach (var row in table.QueryAsync<TableEntity>(cancellationToken: cancellationToken))
            {
                var values = row.Select(property => $"{property.Key}={property.Value}");
                found.AddRange(Find($"table {name}", $"{row.PartitionKey} {row.RowKey} {string.Join(' ', values)}"));
            }
        }

        foreach (var name in QueueNames)
        {
            var queue = new QueueClient(connectionString, name, new() { MessageEncoding = QueueMessageEncoding.Base64 });
            await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            foreach (var message in (await queue.ReceiveMessagesAsync(32, TimeSpan.FromSeconds(1), cancellationToken)).Value)
            {
                found.AddRange(Find($"queue {name}", message.MessageText ?? string.Empty));
            }
        }

        return found;
    }

    [GeneratedRegex(@"\d{6}-[0-9a-f]{16}-[a-z2-7]{16}\.[A-Za-z0-9_-]{43}")]
    private static partial Regex Token();

    // Also as JSON has it.
    [GeneratedRegex(@"signature=(?:""|\\""|\\u0022)[A-Za-z0-9+/]{16}", RegexOptions.IgnoreCase)]
    private static partial Regex Signature();
}
