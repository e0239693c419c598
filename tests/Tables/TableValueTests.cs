using Prestage.Functions.Tables;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Tables;

/// <summary>What goes into a row comes out of it, against a real Azurite.</summary>
public sealed class TableValueTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_value_types_come_back_as_they_went()
    {
        var table = await azurite.NewTableAsync();
        var time = new DateTimeOffset(2026, 8, 20, 9, 0, 0, TimeSpan.FromHours(2)).AddTicks(1234567);
        var row = new TableEntity("p", "r")
        {
            { "Text", "plain" },
            { "Empty", string.Empty },
            { "Zero", 0 },
            { "Least", int.MinValue },
            { "Small", 5L },
            { "Large", long.MaxValue },
            { "Yes", true },
            { "No", false },
            { "Time", time },
            { "Null", null },
        };

        await table.AddEntityAsync(row, Cancel);

        var read = await table.GetEntityAsync("p", "r", cancellationToken: Cancel);
        Assert.Equal("plain", read.GetString("Text"));
        Assert.Equal(string.Empty, read.GetString("Empty"));
        Assert.Equal((0, int.MinValue), (read.GetInt32("Zero"), read.GetInt32("Least")));
        Assert.Equal((5L, long.MaxValue), (read.GetInt64("Small"), read.GetInt64("Large")));
        Assert.Equal((true, false), (read.GetBoolean("Yes"), read.GetBoolean("No")));
        Assert.Equal(time.ToUniversalTime(), read.GetDateTimeOffset("Time"));
        Assert.Equal(TimeSpan.Zero, read.GetDateTimeOffset("Time")!.Value.Offset);
        Assert.False(read.ContainsKey("Null"));
        Assert.Equal(9, read.Count);
        Assert.NotNull(read.Timestamp);
        Assert.NotEqual(default, read.ETag);
    }

    [Theory]
    [InlineData("it's", "O''Brien")]
    [InlineData("", "")]
    [InlineData("", "r")]
    [InlineData("Żółć 漢字 🍏", "a b&c=d;e,f(g)h[i]!\"$*:@<>|~^`{}")]
    [InlineData("100%25+%", ".")]
    [InlineData("..", " lead and trail ")]
    public async Task Keys_of_every_kind_name_their_own_row(string partitionKey, string rowKey)
    {
        var table = await azurite.NewTableAsync();
        await table.AddEntityAsync(new TableEntity(partitionKey + "x", rowKey), Cancel);
        var etag = await table.AddEntityAsync(new TableEntity(partitionKey, rowKey) { { "V", 1 } }, Cancel);
        await table.UpdateEntityAsync(new TableEntity(partitionKey, rowKey) { { "V", 2 } }, etag, Cancel);
        await table.SubmitTransactionAsync([new(TableTransactionActionType.UpsertReplace, new(partitionKey, rowKey) { { "V", 3 } })], Cancel);

        var read = await table.GetEntityAsync(partitionKey, rowKey, cancellationToken: Cancel);
        Assert.Equal((partitionKey, rowKey, 3), (read.PartitionKey, read.RowKey, read.GetInt32("V")));
        var found = await table.QueryAsync(TableClient.CreateQueryFilter($"PartitionKey eq {partitionKey} and RowKey eq {rowKey}"), cancellationToken: Cancel).SingleAsync(Cancel);
        Assert.Equal(read.ETag, found.ETag);

        await table.DeleteEntityAsync(partitionKey, rowKey, cancellationToken: Cancel);
        Assert.Null(await table.GetEntityIfExistsAsync(partitionKey, rowKey, cancellationToken: Cancel));
    }

    [Theory]
    [InlineData("quotes ' '' \" and \\ and {\"a\":1}")]
    [InlineData("lines\r\nand\ttabs\u0000and\u2028more")]
    [InlineData("--changeset_x--\r\n--batch_x--\r\n")]
    [InlineData("Żółć 漢字 🍏 <&>")]
    public async Task Texts_of_every_kind_come_back_also_from_a_transaction(string text)
    {
        var table = await azurite.NewTableAsync();

        await table.AddEntityAsync(new TableEntity("p", "single") { { "Text", text } }, Cancel);
        await table.SubmitTransactionAsync([new(TableTransactionActionType.Add, new("p", "batch") { { "Text", text } })], Cancel);

        Assert.Equal(text, (await table.GetEntityAsync("p", "single", cancellationToken: Cancel)).GetString("Text"));
        Assert.Equal(text, (await table.GetEntityAsync("p", "batch", cancellationToken: Cancel)).GetString("Text"));
    }

    [Fact]
    public async Task The_longest_text_is_stored()
    {
        var table = await azurite.NewTableAsync();
        var text = new string('x', 32 * 1024);

        await table.AddEntityAsync(new TableEntity("p", "r") { { "Text", text } }, Cancel);

        Assert.Equal(text, (await table.GetEntityAsync("p", "r", cancellationToken: Cancel)).GetString("Text"));
    }

    [Fact]
    public void A_getter_says_so_when_the_type_is_another()
    {
        var row = new TableEntity("p", "r") { { "Text", "5" }, { "Large", 1L << 40 } };

        Assert.Contains("Text", Assert.Throws<InvalidOperationException>(() => row.GetInt32("Text")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => row.GetInt32("Large"));
        Assert.Throws<InvalidOperationException>(() => row.GetString("Large"));
        Assert.Null(row.GetBoolean("Absent"));
    }
}
