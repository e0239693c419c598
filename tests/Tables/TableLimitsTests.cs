using Azure;
using Prestage.Functions.Tables;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Tables;

/// <summary>What the service refuses and the emulator may take is refused before a request: the stub would fail on one.</summary>
public sealed class TableLimitsTests
{
    private static readonly TableClient Table = StubTable.Create(new StubHandler());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("#")]
    [InlineData("?")]
    [InlineData("a\0")]
    [InlineData("\t")]
    [InlineData("\u001F")]
    [InlineData("\u007F")]
    [InlineData("\u009F")]
    public async Task A_forbidden_character_in_a_key_is_refused_and_the_key_named(string key)
    {
        Assert.Equal("RowKey", (await Assert.ThrowsAsync<ArgumentException>(() => Table.AddEntityAsync(new TableEntity("p", key), Cancel))).ParamName);
        Assert.Equal("PartitionKey", (await Assert.ThrowsAsync<ArgumentException>(() => Table.GetEntityIfExistsAsync(key, "r", cancellationToken: Cancel))).ParamName);
        Assert.Equal("RowKey", (await Assert.ThrowsAsync<ArgumentException>(() => Table.DeleteEntityAsync("p", key, cancellationToken: Cancel))).ParamName);
        await Assert.ThrowsAsync<ArgumentException>(() => Table.SubmitTransactionAsync([new(TableTransactionActionType.Add, new(key, "r"))], Cancel));
    }

    [Fact]
    public async Task A_key_of_half_a_character_or_too_long_is_refused()
    {
        // Built here: half a surrogate pair does not survive as attribute data.
        foreach (var key in (string[])["\uD83C", "\uDF4F", "\uDF4F\uD83C", "a\uD83Cb", new('k', 1025)])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => Table.UpsertEntityAsync(new TableEntity("p", key), Cancel));
        }

        TableLimits.CheckKey("RowKey", new string('k', 1024));
        TableLimits.CheckKey("RowKey", "🍏🍏");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a-b")]
    [InlineData("1a")]
    [InlineData("a b")]
    [InlineData("odata.etag")]
    [InlineData("a@odata.type")]
    [InlineData("PartitionKey")]
    [InlineData("RowKey")]
    [InlineData("Timestamp")]
    public void A_property_name_that_is_none_or_reserved_is_refused(string name) =>
        Assert.Equal(name, Assert.Throws<ArgumentException>(() => new TableEntity("p", "r") { { name, 1 } }).ParamName);

    [Fact]
    public void A_property_name_has_at_most_255_characters()
    {
        Assert.Throws<ArgumentException>(() => new TableEntity("p", "r") { [new string('n', 256)] = 1 });
        Assert.Single(new TableEntity("p", "r") { [new string('n', 255)] = 1 });
    }

    [Fact]
    public void A_value_that_cannot_be_stored_is_refused_with_its_name()
    {
        object[] values = [1.5, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), 'c', new Secret("s"), new string('x', 32_769), DateTimeOffset.MinValue];

        Assert.All(values, value => Assert.Equal("Value", Assert.Throws<ArgumentException>(() => new TableEntity("p", "r") { { "Value", value } }).ParamName));
        Assert.Throws<ArgumentException>(() => new TableEntity("p", "r") { { "Twice", 1 }, { "Twice", 2 } });
    }

    [Fact]
    public async Task A_row_has_at_most_252_properties()
    {
        var row = new TableEntity("p", "r");
        for (var i = 0; i < 252; i++)
        {
            row[$"P{i}"] = i;
        }

        TableLimits.CheckEntity(row);
        row["OneMore"] = 1;
        await Assert.ThrowsAsync<ArgumentException>(() => Table.AddEntityAsync(row, Cancel));
    }

    [Fact]
    public async Task A_row_has_at_most_one_mebibyte_by_the_services_formula()
    {
        // 4 + 2·(1 + 1) + 15 · (8 + 2·3 + 4 + 65,536) leave 65,258 bytes, of which the last property's own 18 are not text.
        var row = new TableEntity("p", "r");
        for (var i = 10; i < 25; i++)
        {
            row[$"P{i}"] = new string('x', 32_768);
        }

        row["P99"] = new string('x', (65_258 - 18) / 2);
        TableLimits.CheckEntity(row);

        row["P99"] += "x";
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => Table.AddEntityAsync(row, Cancel));
        Assert.StartsWith("P", refusal.ParamName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_is_one_partition_each_row_once_and_at_most_4_mebibytes()
    {
        static TableTransactionAction Add(string partitionKey, string rowKey, int characters = 0) =>
            new(TableTransactionActionType.Add, new TableEntity(partitionKey, rowKey) { { "A", new string('x', characters) }, { "B", new string('x', characters) } });

        await Assert.ThrowsAsync<ArgumentException>(() => Table.SubmitTransactionAsync([], Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Table.SubmitTransactionAsync([Add("p", "a"), Add("q", "b")], Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Table.SubmitTransactionAsync([Add("p", "a"), Add("p", "b"), Add("p", "a")], Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Table.SubmitTransactionAsync(Enumerable.Range(0, 64).Select(i => Add("p", $"{i}", 32_768)), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Table.SubmitTransactionAsync([new(TableTransactionActionType.UpdateReplace, new TableEntity("p", "r"))], Cancel));
    }

    [Fact]
    public async Task A_replace_needs_a_version_and_a_version_is_one_line()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Table.UpdateEntityAsync(new TableEntity("p", "r"), default, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(() => Table.UpdateEntityAsync(new TableEntity("p", "r"), new ETag("a\r\nX: y"), Cancel));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task A_page_has_1_to_1000_rows(int rows) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Table.QueryAsync(maxPerPage: rows, cancellationToken: Cancel).ToListAsync(Cancel).AsTask());

    [Theory]
    [InlineData("ab")]
    [InlineData("1abc")]
    [InlineData("a-bc")]
    [InlineData("Tables")]
    [InlineData("äbc")]
    public void A_table_name_that_is_none_is_refused(string name) => Assert.Throws<ArgumentException>(() => TableLimits.CheckTableName(name));
}
