using Azure;
using Azure.Data.Tables;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Passcodes;

/// <summary>Table Passcodes: user id / <c>current</c>. A person has one passcode at a time.</summary>
internal sealed class PasscodeRows(TableClient table)
{
    /// <summary>The row key.</summary>
    public const string Current = "current";

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    /// <summary>The person's passcode, or null. Throws <see cref="UnreadableRowException"/>; a new passcode replaces such a row.</summary>
    public async Task<PasscodeRow?> FindAsync(string userId, CancellationToken cancellationToken) =>
        (await ReadAsync(userId, cancellationToken)).OrThrow();

    /// <summary>What is stored of the person's passcode, readable or not.</summary>
    public async Task<StoredRow<PasscodeRow>> ReadAsync(string userId, CancellationToken cancellationToken) =>
        await table.FindEntityAsync(userId, Current, cancellationToken) is { } entity
            ? PasscodeRow.Read(entity)
            : new(null, null, null);

    /// <summary>Gives the person this passcode; an earlier one is dead.</summary>
    public Task PutAsync(PasscodeRow passcode, CancellationToken cancellationToken) => table.InsertOrReplaceEntityAsync(passcode.ToEntity(), cancellationToken);

    /// <summary>
    /// Uses the passcode up for the enrollment: one conditional write, of which one call wins. True as well where it was used up for that same
    /// enrollment before, by another call or by our own lost answer.
    /// </summary>
    public async Task<bool> TryUseAsync(PasscodeRow passcode, EnrollmentId enrollment, CancellationToken cancellationToken)
    {
        if (passcode.UsedBy is { } earlier)
        {
            return earlier == enrollment;
        }

        try
        {
            await table.ReplaceEntityAsync((passcode with { UsedBy = enrollment }).ToEntity(), passcode.ETag, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 412 || StorageErrorCode.IsOfMissingRow(exception))
        {
            var now = await FindAsync(passcode.UserId, cancellationToken);
            return now?.UsedBy == enrollment && now.Hash.Salt == passcode.Hash.Salt;
        }
    }

    /// <summary>Deletes passcodes that expired a month ago. Returns how many.</summary>
    public async Task<int> PurgeAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now - KeptFor;
        var purged = 0;
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"ExpiresAt lt {before}"), null, ["PartitionKey", "RowKey"], cancellationToken))
        {
            try
            {
                await table.DeleteEntityIfExistsAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken);
                purged++;
            }
            catch (RequestFailedException exception) when (exception.Status == 412)
            {
                // The person has a new one since.
            }
        }

        return purged;
    }
}
