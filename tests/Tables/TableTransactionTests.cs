using Azure;
using Prestage.Functions.Tables;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Tables;

/// <summary>Entity-group transactions, against a real Azurite.</summary>
public sealed class TableTransactionTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_transaction_does_all_its_operations_and_returns_the_new_versions()
    {
        var table = await azurite.NewTableAsync();
        var replaced = await table.AddEntityAsync(new TableEntity("p", "replaced") { { "V", 0 } }, Cancel);
        var deleted = await table.AddEntityAsync(new TableEntity("p", "deleted"), Cancel);
        await table.AddEntityAsync(new TableEntity("p", "deleted, any version"), Cancel);

        var etags = await table.SubmitTransactionAsync(
            [
                new(TableTransactionActionType.Add, new("p", "it's added") { { "V", 1 } }),
                new(TableTransactionActionType.UpdateReplace, new("p", "replaced") { { "V", 2 } }, replaced),
                new(TableTransactionActionType.UpsertReplace, new("p", "upserted") { { "V", 3L } }),
                new(TableTransactionActionType.Delete, new("p", "deleted"), deleted),
                new(TableTransactionActionType.Delete, new("p", "deleted, any version")),
            ],
            Cancel);

        var rows = await table.QueryAsync(cancellationToken: Cancel).ToListAsync(Cancel);
        Assert.Equal(["it's added", "replaced", "upserted"], rows.Select(row => row.RowKey));
        Assert.Equal([1L, 2L, 3L], rows.Select(row => row.GetInt64("V")!.Value));
        Assert.Equal(5, etags.Count);
        Assert.Equal(rows.Select(row => row.ETag), etags.Take(3));
    }

    [Theory]
    [InlineData(TableTransactionActionType.Add, TableErrorCode.EntityAlreadyExists, 409)]
    [InlineData(TableTransactionActionType.UpdateReplace, TableErrorCode.UpdateConditionNotSatisfied, 412)]
    [InlineData(TableTransactionActionType.Delete, TableErrorCode.UpdateConditionNotSatisfied, 412)]
    internal async Task A_refused_operation_undoes_the_others_and_is_named(TableTransactionActionType action, string code, int status)
    {
        var table = await azurite.NewTableAsync();
        var stale = await table.AddEntityAsync(new TableEntity("p", "existing") { { "V", 1 } }, Cancel);
        await table.UpdateEntityAsync(new TableEntity("p", "existing") { { "V", 2 } }, stale, Cancel);

        var refusal = await Assert.ThrowsAsync<TableTransactionFailedException>(() => table.SubmitTransactionAsync(
            [
                new(TableTransactionActionType.Add, new("p", "first")),
                new(TableTransactionActionType.UpsertReplace, new("p", "second")),
                new(action, new("p", "existing"), stale),
                new(TableTransactionActionType.Add, new("p", "last")),
            ],
            Cancel));

        Assert.Equal((status, code, 2), (refusal.Status, refusal.ErrorCode, refusal.FailedTransactionActionIndex));
        var row = await table.QueryAsync(cancellationToken: Cancel).SingleAsync(Cancel);
        Assert.Equal(2, row.GetInt32("V"));
    }

    [Fact]
    public async Task A_single_refused_operation_is_named_too()
    {
        var table = await azurite.NewTableAsync();

        var refusal = await Assert.ThrowsAsync<TableTransactionFailedException>(() =>
            table.SubmitTransactionAsync([new(TableTransactionActionType.UpdateReplace, new("p", "absent"), ETag.All)], Cancel));

        Assert.Equal((404, TableErrorCode.ResourceNotFound, 0), (refusal.Status, refusal.ErrorCode, refusal.FailedTransactionActionIndex));
    }

    [Fact]
    public async Task A_hundred_operations_are_done_and_one_more_is_refused_here()
    {
        var table = await azurite.NewTableAsync();
        var actions = Enumerable.Range(0, 101).Select(i => new TableTransactionAction(TableTransactionActionType.Add, new("p", $"{i}"))).ToList();

        await Assert.ThrowsAsync<ArgumentException>(() => table.SubmitTransactionAsync(actions, Cancel));
        Assert.Empty(await table.QueryAsync(cancellationToken: Cancel).ToListAsync(Cancel));

        await table.SubmitTransactionAsync(actions.Take(100), Cancel);
        Assert.Equal(100, await table.QueryAsync(cancellationToken: Cancel).CountAsync(Cancel));
    }

    [Fact]
    public async Task Transactions_in_parallel_all_land()
    {
        var table = await azurite.NewTableAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(p => table.SubmitTransactionAsync(
            Enumerable.Range(0, 5).Select(r => new TableTransactionAction(TableTransactionActionType.Add, new($"{p}", $"{r}"))), Cancel)));

        Assert.Equal(100, await table.QueryAsync(cancellationToken: Cancel).CountAsync(Cancel));
    }
}
