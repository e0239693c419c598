using Azure;
using Azure.Data.Tables;
using FsCheck;
using FsCheck.Fluent;
using Prestage.Functions.Storage;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Fuzz;

/// <summary>No text in a key, a value or a filter means anything but itself.</summary>
public sealed class TableFuzz(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly Gen<string> Keys = Hostile.Text.Where(TableKeys.IsGood);

    [Fact]
    public Task A_filter_holds_its_values_and_nothing_else() => Fuzz.CheckAsync(Gen.Zip(Hostile.Text, Hostile.Text), 3000, pair =>
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {pair.Item1} and RowKey gt {pair.Item2} and Open eq {true}");

        var (first, afterFirst) = Literal(filter, "PartitionKey eq ");
        var (second, afterSecond) = Literal(afterFirst, " and RowKey gt ");
        Assert.Equal((pair.Item1, pair.Item2, " and Open eq true"), (first, second, afterSecond));
    });

    [Fact]
    public async Task The_service_finds_each_row_by_its_key_and_by_its_value_and_no_other()
    {
        var table = await azurite.NewTableAsync();

        // The emulator's keys end at 512 characters, the service's at 1,024.
        var keys = Keys.Where(text => text.Length < 480);
        await Fuzz.CheckAsync(Gen.Zip(keys, Hostile.Text.Where(text => !TableKeys.HasHalfPair(text))), 240, 8, async pair =>
        {
            // Ids of their own, since the same text comes more than once.
            var (partition, row, value) = ($"{Guid.NewGuid():N}{pair.Item1}", pair.Item1, pair.Item2);
            await table.AddEntityAsync(new TableEntity(partition, row) { ["Value"] = value }, Cancel);

            Assert.Equal(value, (await table.FindEntityAsync(partition, row, Cancel))!.GetString("Value"));
            var found = new List<TableEntity>();
            await foreach (var entity in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey eq {row} and Value eq {value}"), cancellationToken: Cancel))
            {
                found.Add(entity);
            }

            Assert.Equal((partition, row, value), (Assert.Single(found).PartitionKey, found[0].RowKey, found[0].GetString("Value")));
            if ($"{partition}{row}".Contains(','))
            {
                // The emulator takes a transaction's address apart at its commas, encoded or not.
                return;
            }

            await table.SubmitTransactionAsync([new(TableTransactionActionType.UpsertReplace, new TableEntity(partition, row) { ["Value"] = "batch" })], Cancel);
            Assert.Equal("batch", (await table.FindEntityAsync(partition, row, Cancel))!.GetString("Value"));
            await table.DeleteEntityIfExistsAsync(partition, row, ETag.All, Cancel);
            Assert.Null(await table.FindEntityAsync(partition, row, Cancel));
        });
    }

    // OData's own rule, read independently: a quote ends the text unless it is doubled.
    private static (string Value, string After) Literal(string text, string start)
    {
        Assert.StartsWith($"{start}'", text, StringComparison.Ordinal);
        var value = new System.Text.StringBuilder();
        var at = start.Length + 1;
        while (text[at] != '\'' || text.ElementAtOrDefault(at + 1) == '\'')
        {
            value.Append(text[at]);
            at += text[at] == '\'' ? 2 : 1;
        }

        return (value.ToString(), text[(at + 1)..]);
    }
}
