using FsCheck;
using FsCheck.Fluent;
using Prestage.Functions.Storage;
using Prestage.Functions.Tables;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Fuzz;

/// <summary>No text in a key, a value or a filter means anything but itself.</summary>
public sealed class TableFuzz(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly Gen<string> Keys = Hostile.Text.Where(text => Refusal(text) is null);

    [Fact]
    public Task A_filter_holds_its_values_and_nothing_else() => Fuzz.CheckAsync(Gen.Zip(Hostile.Text, Hostile.Text), 3000, pair =>
    {
        var filter = TableFilter.Create($"PartitionKey eq {pair.Item1} and RowKey gt {pair.Item2} and Open eq {true}");

        var (first, afterFirst) = Literal(filter, "PartitionKey eq ");
        var (second, afterSecond) = Literal(afterFirst, " and RowKey gt ");
        Assert.Equal((pair.Item1, pair.Item2, " and Open eq true"), (first, second, afterSecond));
    });

    [Fact]
    public Task An_address_names_its_own_row() => Fuzz.CheckAsync(Gen.Zip(Keys, Keys), 3000, pair =>
    {
        var requests = new TableRequests(new StoragePipeline(new TableClientOptions(), new TableSharedKeyPolicy(new("a", "YQ=="), TimeProvider.System)), "https://a.table.core.windows.net", "Rows");

        var uri = requests.EntityUri(pair.Item1, pair.Item2);

        const string Start = "/Rows(PartitionKey=";
        Assert.StartsWith(Start, uri.AbsolutePath, StringComparison.Ordinal);
        var (partition, rest) = Literal(Uri.UnescapeDataString(uri.AbsolutePath), Start);
        var (row, end) = Literal(rest, ",RowKey=");
        Assert.Equal((pair.Item1, pair.Item2, ")", "", ""), (partition, row, end, uri.Query, uri.Fragment));
    });

    [Fact]
    public Task A_key_is_taken_or_refused_before_anything_is_sent() => Fuzz.CheckAsync(Hostile.Text, 3000, text =>
    {
        var fine = !HasHalfPair(text) && text.Length <= 1024 && !text.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c));
        Assert.Equal(fine, Refusal(text) is null);
    });

    [Fact]
    public async Task The_service_finds_each_row_by_its_key_and_by_its_value_and_no_other()
    {
        var table = await azurite.NewTableAsync();

        // The emulator's keys end at 512 characters, the service's at 1,024.
        var keys = Keys.Where(text => text.Length < 480);
        await Fuzz.CheckAsync(Gen.Zip(keys, Hostile.Text.Where(text => !HasHalfPair(text))), 240, 8, async pair =>
        {
            // Ids of their own, since the same text comes more than once.
            var (partition, row, value) = ($"{Guid.NewGuid():N}{pair.Item1}", pair.Item1, pair.Item2);
            await table.AddEntityAsync(new TableEntity(partition, row) { ["Value"] = value }, Cancel);

            Assert.Equal(value, (await table.GetEntityAsync(partition, row, cancellationToken: Cancel)).GetString("Value"));
            var found = new List<TableEntity>();
            await foreach (var entity in table.QueryAsync(TableFilter.Create($"PartitionKey eq {partition} and RowKey eq {row} and Value eq {value}"), cancellationToken: Cancel))
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
            Assert.Equal("batch", (await table.GetEntityAsync(partition, row, cancellationToken: Cancel)).GetString("Value"));
            await table.DeleteEntityAsync(partition, row, cancellationToken: Cancel);
            Assert.Null(await table.GetEntityIfExistsAsync(partition, row, cancellationToken: Cancel));
        });
    }

    private static string? Refusal(string key)
    {
        try
        {
            TableLimits.CheckKey("RowKey", key);
            return null;
        }
        catch (ArgumentException exception)
        {
            return exception.Message;
        }
    }

    private static bool HasHalfPair(string text) => text.Where((c, i) => char.IsHighSurrogate(c)
        ? i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])
        : char.IsLowSurrogate(c) && (i == 0 || !char.IsHighSurrogate(text[i - 1]))).Any();

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
