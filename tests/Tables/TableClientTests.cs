using Azure;
using Prestage.Functions.Hosting;
using Prestage.Functions.Tables;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Tables;

/// <summary>One row at a time, against a real Azurite.</summary>
public sealed class TableClientTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_table_is_created_once()
    {
        var table = await azurite.MissingTableAsync();

        Assert.True(await table.CreateIfNotExistsAsync(Cancel));
        Assert.False(await table.CreateIfNotExistsAsync(Cancel));
    }

    [Fact]
    public async Task A_duplicate_insert_is_refused_with_its_code()
    {
        var table = await azurite.NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { { "Value", 1 } }, Cancel);

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => table.AddEntityAsync(new TableEntity("p", "r") { { "Value", 2 } }, Cancel));

        Assert.Equal((409, TableErrorCode.EntityAlreadyExists), (refusal.Status, refusal.ErrorCode));
        Assert.Equal("The specified entity already exists.", refusal.Message.Split('\n')[0].TrimEnd());
        Assert.Equal(1, (await table.GetEntityAsync("p", "r", cancellationToken: Cancel)).GetInt32("Value"));
    }

    [Fact]
    public async Task A_replace_of_a_stale_version_is_refused()
    {
        var table = await azurite.NewTableAsync();
        var first = await table.AddEntityAsync(new TableEntity("p", "r") { { "Value", 1 } }, Cancel);
        var second = await table.UpdateEntityAsync(new TableEntity("p", "r") { { "Value", 2 } }, first, Cancel);

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => table.UpdateEntityAsync(new TableEntity("p", "r"), first, Cancel));

        Assert.Equal((412, TableErrorCode.UpdateConditionNotSatisfied), (refusal.Status, refusal.ErrorCode));
        var row = await table.GetEntityAsync("p", "r", cancellationToken: Cancel);
        Assert.Equal(second, row.ETag);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task A_replace_leaves_no_property_of_the_former_version()
    {
        var table = await azurite.NewTableAsync();
        var etag = await table.AddEntityAsync(new TableEntity("p", "r") { { "Old", "x" }, { "Kept", "y" } }, Cancel);

        await table.UpdateEntityAsync(new TableEntity("p", "r") { { "Kept", "z" } }, etag, Cancel);

        var row = await table.GetEntityAsync("p", "r", cancellationToken: Cancel);
        Assert.Equal([new("Kept", "z")], row);
    }

    [Fact]
    public async Task An_upsert_inserts_and_replaces()
    {
        var table = await azurite.NewTableAsync();

        await table.UpsertEntityAsync(new TableEntity("p", "r") { { "A", 1 } }, Cancel);
        await table.UpsertEntityAsync(new TableEntity("p", "r") { { "B", 2 } }, Cancel);

        Assert.Equal([new("B", 2)], await table.GetEntityAsync("p", "r", cancellationToken: Cancel));
    }

    [Fact]
    public async Task A_missing_row_is_null_or_ResourceNotFound()
    {
        var table = await azurite.NewTableAsync();

        Assert.Null(await table.GetEntityIfExistsAsync("p", "r", cancellationToken: Cancel));
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => table.GetEntityAsync("p", "r", cancellationToken: Cancel));
        Assert.Equal((404, TableErrorCode.ResourceNotFound), (refusal.Status, refusal.ErrorCode));
        refusal = await Assert.ThrowsAsync<RequestFailedException>(() => table.UpdateEntityAsync(new TableEntity("p", "r"), ETag.All, Cancel));
        Assert.Equal((404, TableErrorCode.ResourceNotFound), (refusal.Status, refusal.ErrorCode));
    }

    [Fact]
    public async Task A_missing_table_is_never_a_missing_row()
    {
        var table = await azurite.MissingTableAsync();

        Func<Task>[] operations =
        [
            () => table.GetEntityIfExistsAsync("p", "r", cancellationToken: Cancel),
            () => table.DeleteEntityAsync("p", "r", cancellationToken: Cancel),
            () => table.AddEntityAsync(new TableEntity("p", "r"), Cancel),
            () => table.QueryAsync(cancellationToken: Cancel).ToListAsync(Cancel).AsTask(),
            () => table.SubmitTransactionAsync([new(TableTransactionActionType.Add, new TableEntity("p", "r"))], Cancel),
        ];

        foreach (var operation in operations)
        {
            var refusal = await Assert.ThrowsAnyAsync<RequestFailedException>(operation);
            Assert.Equal((404, TableErrorCode.TableNotFound), (refusal.Status, refusal.ErrorCode));
        }
    }

    [Fact]
    public async Task A_delete_may_be_repeated_and_respects_the_version()
    {
        var table = await azurite.NewTableAsync();
        var first = await table.AddEntityAsync(new TableEntity("p", "r") { { "Value", 1 } }, Cancel);
        var second = await table.UpdateEntityAsync(new TableEntity("p", "r") { { "Value", 2 } }, first, Cancel);

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => table.DeleteEntityAsync("p", "r", first, Cancel));
        Assert.Equal((412, TableErrorCode.UpdateConditionNotSatisfied), (refusal.Status, refusal.ErrorCode));

        await table.DeleteEntityAsync("p", "r", second, Cancel);
        await table.DeleteEntityAsync("p", "r", second, Cancel);
        await table.DeleteEntityAsync("p", "r", cancellationToken: Cancel);
        Assert.Null(await table.GetEntityIfExistsAsync("p", "r", cancellationToken: Cancel));
    }

    [Fact]
    public async Task Of_parallel_replaces_of_one_version_one_wins()
    {
        var table = await azurite.NewTableAsync();
        var etag = await table.AddEntityAsync(new TableEntity("p", "r") { { "Winner", -1 } }, Cancel);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            try
            {
                await table.UpdateEntityAsync(new TableEntity("p", "r") { { "Winner", i } }, etag, Cancel);
                return i;
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.UpdateConditionNotSatisfied)
            {
                return (int?)null;
            }
        }));

        var winner = Assert.Single(outcomes, outcome => outcome is not null);
        Assert.Equal(winner, (await table.GetEntityAsync("p", "r", cancellationToken: Cancel)).GetInt32("Winner"));
    }

    [Fact]
    public async Task Of_parallel_inserts_of_one_row_one_wins()
    {
        var table = await azurite.NewTableAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            try
            {
                await table.AddEntityAsync(new TableEntity("p", "r") { { "Winner", i } }, Cancel);
                return i;
            }
            catch (RequestFailedException exception) when (exception.ErrorCode == TableErrorCode.EntityAlreadyExists)
            {
                return (int?)null;
            }
        }));

        var winner = Assert.Single(outcomes, outcome => outcome is not null);
        Assert.Equal(winner, (await table.GetEntityAsync("p", "r", cancellationToken: Cancel)).GetInt32("Winner"));
    }

    [Fact]
    public async Task Each_operation_is_counted_once_where_someone_counts()
    {
        var table = await azurite.NewTableAsync();
        var usage = CallUsage.Begin();

        await table.AddEntityAsync(new TableEntity("p", "r"), Cancel);
        await table.GetEntityIfExistsAsync("p", "absent", cancellationToken: Cancel);
        await table.SubmitTransactionAsync([new(TableTransactionActionType.Add, new("p", "a")), new(TableTransactionActionType.Add, new("p", "b"))], Cancel);
        Assert.Equal(3, await table.QueryAsync(maxPerPage: 2, cancellationToken: Cancel).CountAsync(Cancel));

        Assert.Equal(5, usage.TableOperations);
        Assert.Equal(0, usage.DirectoryCalls);
    }
}
