using Azure;
using Azure.Core;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Tables;

/// <summary>
/// One table. Arguments that the service would refuse are an <see cref="ArgumentException"/> before anything is sent; every failure after
/// that is a <see cref="RequestFailedException"/> whose <c>ErrorCode</c> is the service's (<see cref="TableErrorCode"/>) or one of
/// <see cref="StorageErrorCode"/>. A missing table always throws. Writes return the row's new ETag, in place of the package's response.
/// </summary>
internal sealed class TableClient
{
    private readonly StoragePipeline pipeline;
    private readonly TableRequests requests;

    internal TableClient(StoragePipeline pipeline, string endpoint, string name)
    {
        TableLimits.CheckTableName(name);
        this.pipeline = pipeline;
        requests = new TableRequests(pipeline, endpoint, name);
        Name = name;
    }

    public string Name { get; }

    /// <summary>Creates the table; false when it was there. A name deleted less than a minute ago throws TableBeingDeleted.</summary>
    public async Task<bool> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
    {
        using var message = requests.CreateTable();
        var response = await pipeline.SendAsync(message, cancellationToken, TableErrorCode.TableAlreadyExists);
        return response.Status < 300;
    }

    /// <summary>
    /// Inserts; EntityAlreadyExists when the row is there. Since requests are retried, that row may be this call's own, whose answer was
    /// lost: who must know compares a value of his own in the row.
    /// </summary>
    public Task<ETag> AddEntityAsync(TableEntity entity, CancellationToken cancellationToken = default) => WriteAsync(requests.Add(entity), cancellationToken);

    /// <summary>
    /// Replaces the row's version <paramref name="ifMatch"/> (<see cref="ETag.All"/>: any); UpdateConditionNotSatisfied when another is there,
    /// which after a retry may be this call's own.
    /// </summary>
    public Task<ETag> UpdateEntityAsync(TableEntity entity, ETag ifMatch, CancellationToken cancellationToken = default) =>
        WriteAsync(requests.Replace(entity, ifMatch), cancellationToken);

    /// <summary>Inserts the row or replaces it, whatever is there.</summary>
    public Task<ETag> UpsertEntityAsync(TableEntity entity, CancellationToken cancellationToken = default) =>
        WriteAsync(requests.Replace(entity, ifMatch: null), cancellationToken);

    /// <summary>Deletes the row's version <paramref name="ifMatch"/>, any by default; a row that is not there is success.</summary>
    public async Task DeleteEntityAsync(string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        using var message = requests.Delete(partitionKey, rowKey, ifMatch);
        await pipeline.SendAsync(message, cancellationToken, TableErrorCode.ResourceNotFound, TableErrorCode.EntityNotFound);
    }

    /// <summary>Reads one row; ResourceNotFound when it is not there. With <paramref name="select"/> only those properties, and the keys.</summary>
    public async Task<TableEntity> GetEntityAsync(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        using var message = requests.Get(partitionKey, rowKey, select);
        return TableEntityReader.ReadOne(await pipeline.SendAsync(message, cancellationToken));
    }

    /// <summary>Reads one row, null when it is not there.</summary>
    public async Task<TableEntity?> GetEntityIfExistsAsync(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        using var message = requests.Get(partitionKey, rowKey, select);
        var response = await pipeline.SendAsync(message, cancellationToken, TableErrorCode.ResourceNotFound, TableErrorCode.EntityNotFound);
        return response.Status < 300 ? TableEntityReader.ReadOne(response) : null;
    }

    /// <summary>
    /// Reads the rows that match, by PartitionKey then RowKey (ordinal); a page has at most 1,000. <c>AsPages</c> takes and gives
    /// continuations, which are valid with the same filter and select only.
    /// </summary>
    public AsyncPageable<TableEntity> QueryAsync(
        string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        new TablePageable((continuation, size, token) => GetPageAsync(filter, select, size, continuation, token), maxPerPage, cancellationToken);

    /// <summary>A filter whose values are quoted and escaped; see <see cref="TableFilter.Create"/>.</summary>
    public static string CreateQueryFilter(FormattableString filter) => TableFilter.Create(filter);

    /// <summary>
    /// Does all or none of up to 100 operations on different rows of one partition. Returns the new ETags in order (default for deletes).
    /// A refusal is a <see cref="TableTransactionFailedException"/>; as with inserts, one may be the echo of this call's own first try.
    /// </summary>
    public async Task<IReadOnlyList<ETag>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        var batch = TableBatchRequest.Create(requests, [.. transactionActions]);
        using var message = requests.Batch(batch);
        return TableBatchResponse.Read(await pipeline.SendAsync(message, cancellationToken), batch.Operations);
    }

    private async Task<ETag> WriteAsync(HttpMessage message, CancellationToken cancellationToken)
    {
        using (message)
        {
            var response = await pipeline.SendAsync(message, cancellationToken);
            return response.Headers.ETag ?? default;
        }
    }

    private async Task<Page<TableEntity>> GetPageAsync(
        string? filter, IEnumerable<string>? select, int? pageSize, string? continuation, CancellationToken cancellationToken)
    {
        using var message = requests.Query(filter, select, pageSize, continuation);
        var response = await pipeline.SendAsync(message, cancellationToken);
        return Page<TableEntity>.FromValues(TableEntityReader.ReadMany(response), TableContinuation.Read(response), response);
    }
}
