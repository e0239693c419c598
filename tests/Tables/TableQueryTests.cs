using Azure;
using Prestage.Functions.Tables;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Tables;

/// <summary>Many rows, against a real Azurite.</summary>
public sealed class TableQueryTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_filter_and_a_select_give_the_asked_for_rows_and_properties()
    {
        var table = await azurite.NewTableAsync();
        var noon = new DateTimeOffset(2026, 8, 20, 12, 0, 0, TimeSpan.Zero);
        await FillAsync(table, "a", 5, i => new() { ["Number"] = i, ["Even"] = i % 2 == 0, ["Time"] = noon.AddHours(i) });
        await FillAsync(table, "b", 5, i => new() { ["Number"] = i, ["Even"] = i % 2 == 0, ["Time"] = noon.AddHours(i) });

        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {"a"} and Even eq {true} and Number ge {1} and Time lt {noon.AddHours(4)}");
        var row = await table.QueryAsync(filter, select: ["Number"], cancellationToken: Cancel).SingleAsync(Cancel);

        Assert.Equal(("a", "00002"), (row.PartitionKey, row.RowKey));
        Assert.Equal([new("Number", 2)], row);
        Assert.NotEqual(default, row.ETag);
        var point = await table.GetEntityAsync("a", "00002", ["Even"], Cancel);
        Assert.Equal([new("Even", true)], point);
    }

    [Fact]
    public async Task A_value_in_a_filter_is_never_filter()
    {
        var table = await azurite.NewTableAsync();
        await FillAsync(table, "a", 3, _ => []);
        await table.AddEntityAsync(new TableEntity("x' or PartitionKey ne 'x", "r"), Cancel);

        foreach (var value in (string[])["a' or PartitionKey ne 'b", "' or 1 eq 1 or '", "x' or PartitionKey ne 'x"])
        {
            var rows = await table.QueryAsync(TableClient.CreateQueryFilter($"PartitionKey eq {value}"), cancellationToken: Cancel).ToListAsync(Cancel);
            Assert.All(rows, row => Assert.Equal(value, row.PartitionKey));
            Assert.Equal(value.StartsWith('x') ? 1 : 0, rows.Count);
        }
    }

    [Fact]
    public async Task Pages_go_on_from_a_continuation_that_was_kept()
    {
        var table = await azurite.NewTableAsync();
        await FillAsync(table, "it's a & b", 7, i => new() { ["Number"] = i });

        var first = await table.QueryAsync(cancellationToken: Cancel).AsPages(pageSizeHint: 3).FirstAsync(Cancel);
        Assert.Equal([0, 1, 2], first.Values.Select(row => row.GetInt32("Number")));
        Assert.NotNull(first.ContinuationToken);

        var rest = await table.QueryAsync(maxPerPage: 3, cancellationToken: Cancel).AsPages(first.ContinuationToken).ToListAsync(Cancel);
        Assert.Equal([3, 4, 5, 6], rest.SelectMany(page => page.Values).Select(row => row.GetInt32("Number")));
        Assert.Equal([3, 1], rest.Select(page => page.Values.Count));
        Assert.Null(rest[^1].ContinuationToken);
    }

    [Fact]
    public async Task More_than_a_thousand_rows_are_all_read_in_order()
    {
        var table = await azurite.NewTableAsync();
        await FillAsync(table, "p", 1_250, i => new() { ["Number"] = i });

        var pages = await table.QueryAsync(TableClient.CreateQueryFilter($"PartitionKey eq {"p"}"), cancellationToken: Cancel).AsPages().ToListAsync(Cancel);

        Assert.Equal([1_000, 250], pages.Select(page => page.Values.Count));
        Assert.Equal(Enumerable.Range(0, 1_250), pages.SelectMany(page => page.Values).Select(row => row.GetInt32("Number")!.Value));
    }

    [Fact]
    public async Task A_query_without_rows_is_empty()
    {
        var table = await azurite.NewTableAsync();

        Assert.Empty(await table.QueryAsync(TableClient.CreateQueryFilter($"PartitionKey eq {"p"}"), cancellationToken: Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_filter_that_cannot_be_read_is_refused_by_the_service()
    {
        var table = await azurite.NewTableAsync();

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => table.QueryAsync("PartitionKey eq", cancellationToken: Cancel).ToListAsync(Cancel).AsTask());

        Assert.Equal(400, refusal.Status);
        Assert.NotNull(refusal.ErrorCode);
    }

    private static async Task FillAsync(TableClient table, string partitionKey, int count, Func<int, Dictionary<string, object>> properties)
    {
        foreach (var some in Enumerable.Range(0, count).Chunk(100))
        {
            await table.SubmitTransactionAsync(some.Select(i => new TableTransactionAction(TableTransactionActionType.Add, Row(i))), Cancel);
        }

        TableEntity Row(int i)
        {
            var row = new TableEntity(partitionKey, $"{i:D5}");
            foreach (var (name, value) in properties(i))
            {
                row[name] = value;
            }

            return row;
        }
    }
}
