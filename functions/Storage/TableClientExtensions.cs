using Azure;
using Azure.Data.Tables;

namespace Prestage.Functions.Storage;

// Only here: elsewhere BannedSymbols.txt forbids the calls whose defaults are wrong for these rows.
#pragma warning disable RS0030

/// <summary>
/// The calls of <see cref="TableClient"/> whose defaults do not suit rows that must never be lost or half written: a row is replaced, never
/// merged, and a missing table is a failure, never a missing row. Failures are <see cref="RequestFailedException"/>s.
/// </summary>
internal static class TableClientExtensions
{
    private const int MostActions = 100;

    /// <summary>Reads one row; null when it is not there.</summary>
    public static async Task<TableEntity?> FindEntityAsync(
        this TableClient table, string partitionKey, string rowKey, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(partitionKey, rowKey, select: null, cancellationToken);
        if (!found.HasValue)
        {
            ThrowUnlessRowIsMissing(found.GetRawResponse());
            return null;
        }

        return found.Value?.RowKey == rowKey ? found.Value : throw Invalid("The table service's answer is not the row that was asked for.");
    }

    /// <summary>
    /// Inserts the row and returns its version; status 409 when it is there. Since requests are retried, that row may be this call's own,
    /// whose answer was lost: who must know compares a value of its own in the row.
    /// </summary>
    public static async Task<ETag> InsertEntityAsync(this TableClient table, TableEntity entity, CancellationToken cancellationToken) =>
        VersionIn(await table.AddEntityAsync(entity, cancellationToken));

    /// <summary>Replaces the row's version <paramref name="ifMatch"/> and returns the new one; status 412 when another is there.</summary>
    public static async Task<ETag> ReplaceEntityAsync(
        this TableClient table, TableEntity entity, ETag ifMatch, CancellationToken cancellationToken) =>
        VersionIn(await table.UpdateEntityAsync(entity, ifMatch, TableUpdateMode.Replace, cancellationToken));

    /// <summary>Inserts the row or replaces it, whatever is there.</summary>
    public static async Task InsertOrReplaceEntityAsync(this TableClient table, TableEntity entity, CancellationToken cancellationToken) =>
        await table.UpsertEntityAsync(entity, TableUpdateMode.Replace, cancellationToken);

    /// <summary>
    /// Deletes the row's version <paramref name="ifMatch"/>; a row that is not there is success. Status 412 when another version is there.
    /// </summary>
    public static async Task DeleteEntityIfExistsAsync(
        this TableClient table, string partitionKey, string rowKey, ETag ifMatch, CancellationToken cancellationToken)
    {
        var response = await table.DeleteEntityAsync(partitionKey, rowKey, ifMatch, cancellationToken);
        if (response.Status == 404)
        {
            ThrowUnlessRowIsMissing(response);
        }
    }

    /// <summary>
    /// Does all or none of up to 100 operations on different rows of one partition, and returns the new versions in order (none for a
    /// delete). A refusal is a <see cref="TableTransactionFailedException"/>; as with an insert, it may be the echo of this call's own first
    /// try.
    /// </summary>
    public static async Task<IReadOnlyList<ETag>> SubmitAsync(
        this TableClient table, IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(actions.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(actions.Count, MostActions);
        try
        {
            var answers = (await table.SubmitTransactionAsync(actions, cancellationToken)).Value;
            return answers.Count == actions.Count
                ? [.. answers.Select(VersionIn)]
                : throw Invalid("The table service did not answer for each operation.");
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            throw Invalid("The table service's answer to a transaction cannot be read.", exception);
        }
    }

    private static void ThrowUnlessRowIsMissing(Response response)
    {
        var failure = new RequestFailedException(response);
        if (!StorageErrorCode.IsOfMissingRow(failure))
        {
            throw failure;
        }
    }

    private static ETag VersionIn(Response response) => response.Headers.ETag ?? default;

    private static RequestFailedException Invalid(string message, Exception? exception = null) =>
        new(200, message, StorageErrorCode.InvalidAnswer, exception);
}
