using Azure;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Tables;

namespace Prestage.Functions.Passcodes;

/// <summary>Table Passcodes: user id / <c>current</c>. A person has one passcode at a time.</summary>
internal sealed class PasscodeRows(TableClient table)
{
    /// <summary>The row key.</summary>
    public const string Current = "current";

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    /// <summary>The person's passcode, or null.</summary>
    public async Task<PasscodeRow?> FindAsync(string userId, CancellationToken cancel)
    {
        var entity = await table.GetEntityIfExistsAsync(userId, Current, cancel: cancel);
        return entity is null ? null : PasscodeRow.FromEntity(entity);
    }

    /// <summary>Gives the person this passcode; an earlier one is dead.</summary>
    public Task PutAsync(PasscodeRow passcode, CancellationToken cancel) => table.UpsertEntityAsync(passcode.ToEntity(), cancel);

    /// <summary>
    /// Uses the passcode up for the enrollment: one conditional write, of which one call wins. True as well where it was used up for that same
    /// enrollment before, by another call or by our own lost answer.
    /// </summary>
    public async Task<bool> TryUseAsync(PasscodeRow passcode, EnrollmentId enrollment, CancellationToken cancel)
    {
        if (passcode.UsedBy is { } earlier)
        {
            return earlier == enrollment;
        }

        try
        {
            await table.UpdateEntityAsync((passcode with { UsedBy = enrollment }).ToEntity(), passcode.ETag, cancel);
            return true;
        }
        catch (RequestFailedException lost) when (lost.Status is 404 or 412)
        {
            var now = await FindAsync(passcode.UserId, cancel);
            return now?.UsedBy == enrollment && now.Hash.Salt == passcode.Hash.Salt;
        }
    }

    /// <summary>Deletes passcodes that expired a month ago. Returns how many.</summary>
    public async Task<int> PurgeAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var before = now - KeptFor;
        var purged = 0;
        await foreach (var row in table.QueryAsync(TableFilter.Create($"ExpiresAt lt {before}"), null, ["PartitionKey", "RowKey"], cancel))
        {
            try
            {
                await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancel);
                purged++;
            }
            catch (RequestFailedException replaced) when (replaced.Status == 412)
            {
                // The person has a new one since.
            }
        }

        return purged;
    }
}
