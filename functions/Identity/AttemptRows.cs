using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Identity;

/// <summary>Table Attempts: <c>device-</c> or <c>identity-</c> and a SHA-256 / <c>current</c>.</summary>
internal sealed class AttemptRows(TableClient table, TimeProvider clock)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(2);

    /// <summary>The key of a Mac's tries.</summary>
    public static string DeviceKey(string systemId) => $"device-{Hash(systemId)}";

    /// <summary>The key of a claimed identity's tries.</summary>
    public static string IdentityKey(Identifier identifier) => $"identity-{Hash(identifier.Claim)}";

    /// <summary>The row, or null. Throws <see cref="UnreadableRowException"/>: tries that cannot be counted are not no tries.</summary>
    public async Task<AttemptRow?> FindAsync(string key, CancellationToken cancellationToken) =>
        (await ReadAsync(key, cancellationToken)).OrThrow();

    /// <summary>The row, readable or not.</summary>
    public async Task<StoredRow<AttemptRow>> ReadAsync(string key, CancellationToken cancellationToken) =>
        await table.FindEntityAsync(key, "current", cancellationToken) is { } entity
            ? AttemptRow.Read(entity)
            : new(null, null, null);

    /// <summary>Deletes a row that cannot be read, for an operator; false when somebody else changed it.</summary>
    public async Task<bool> TryDeleteAsync(TableEntity unreadable, CancellationToken cancellationToken)
    {
        try
        {
            await table.DeleteEntityIfExistsAsync(unreadable.PartitionKey, unreadable.RowKey, unreadable.ETag, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 412)
        {
            return false;
        }
    }

    /// <summary>Inserts a first row; null when there is one.</summary>
    public async Task<AttemptRow?> TryInsertAsync(AttemptRow row, CancellationToken cancellationToken)
    {
        try
        {
            return row with { ETag = await table.InsertEntityAsync(row.ToEntity(clock.GetUtcNow()), cancellationToken) };
        }
        catch (RequestFailedException exception) when (exception.Status == 409)
        {
            return null;
        }
    }

    /// <summary>Replaces the row as read, or deletes it where it says nothing any more; null when somebody else changed it.</summary>
    public async Task<AttemptRow?> TryReplaceAsync(AttemptRow row, CancellationToken cancellationToken)
    {
        try
        {
            if (row.IsEmpty)
            {
                await table.DeleteEntityIfExistsAsync(row.Key, "current", row.ETag, cancellationToken);
                return row;
            }

            return row with { ETag = await table.ReplaceEntityAsync(row.ToEntity(clock.GetUtcNow()), row.ETag, cancellationToken) };
        }
        catch (RequestFailedException exception) when (exception.Status == 412 || StorageErrorCode.IsOfMissingRow(exception))
        {
            return null;
        }
    }

    /// <summary>Deletes rows that nothing has touched for two days: locks last a day at most. Returns how many.</summary>
    public async Task<int> PurgeAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - KeptFor;
        var purged = 0;
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"UpdatedAt lt {before}"), null, null, cancellationToken))
        {
            try
            {
                await table.DeleteEntityIfExistsAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken);
                purged++;
            }
            catch (RequestFailedException exception) when (exception.Status == 412)
            {
                // Somebody tries again just now.
            }
        }

        return purged;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
