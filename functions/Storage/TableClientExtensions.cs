using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Prestage.Functions.Storage;

/// <summary>
/// The calls of <see cref="TableClient"/> whose defaults do not suit rows that must never be lost or half written: a row is replaced, never merged,
/// and a missing table is a failure, never a missing row. Failures are <see cref="RequestFailedException"/>s.
/// </summary>
internal static class TableClientExtensions
{
    /// <summary>Reads one row; null when it is not there.</summary>
    public static async Task<TableEntity?> FindEntityAsync(this TableClient table, string partitionKey, string rowKey, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(partitionKey, rowKey, select: null, cancellationToken);
        if (found.HasValue)
        {
            return found.Value;
        }

        ThrowUnlessRowIsMissing(found.GetRawResponse());
        return null;
    }

    /// <summary>
    /// Inserts the row and returns its version; status 409 when it is there. Since requests are retried, that row may be this call's own, whose
    /// answer was lost: who must know compares a value of its own in the row.
    /// </summary>
    public static async Task<ETag> InsertEntityAsync(this TableClient table, TableEntity entity, CancellationToken cancellationToken) =>
        VersionIn(await table.AddEntityAsync(entity, cancellationToken));

    /// <summary>Replaces the row's version <paramref name="ifMatch"/> and returns the new one; status 412 when another is there.</summary>
    public static async Task<ETag> ReplaceEntityAsync(this TableClient table, TableEntity entity, ETag ifMatch, CancellationToken cancellationToken) =>
        VersionIn(await table.UpdateEntityAsync(entity, ifMatch, TableUpdateMode.Replace, cancellationToken));

    /// <summary>Inserts the row or replaces it, whatever is there.</summary>
    public static async Task InsertOrReplaceEntityAsync(this TableClient table, TableEntity entity, CancellationToken cancellationToken) =>
        await table.UpsertEntityAsync(entity, TableUpdateMode.Replace, cancellationToken);

    /// <summary>Deletes the row's version <paramref name="ifMatch"/>; a row that is not there is success. Status 412 when another version is there.</summary>
    public static async Task DeleteEntityIfExistsAsync(
        this TableClient table, string partitionKey, string rowKey, ETag ifMatch, CancellationToken cancellationToken)
    {
        var response = await table.DeleteEntityAsync(partitionKey, rowKey, ifMatch, cancellationToken);
        if (response.IsError)
        {
            ThrowUnlessRowIsMissing(response);
        }
    }

    private static void ThrowUnlessRowIsMissing(Response response)
    {
        var failure = new RequestFailedException(response);
        if (failure.ErrorCode != TableErrorCode.ResourceNotFound && failure.ErrorCode != TableErrorCode.EntityNotFound)
        {
            throw failure;
        }
    }

    private static ETag VersionIn(Response response) => response.Headers.ETag ?? default;
}
