using System.Net;
using System.Text.Json;
using Prestage.Functions.Tables;
using Prestage.Tests.Support;
using Xunit;
using static Prestage.Tests.Support.StubHandler;

namespace Prestage.Tests.Tables;

/// <summary>Rows as other writers and other servers may form them.</summary>
public sealed class TableEntityReaderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Numbers_are_read_leniently()
    {
        var row = await ReadAsync(
            """
            {"PartitionKey":"p","RowKey":"r","Bare":5,"Big":5000000000,"Text@odata.type":"Edm.Int64","Text":"7","Number@odata.type":"Edm.Int64","Number":8,
             "After":"9","After@odata.type":"Edm.Int64","Small@odata.type":"Edm.Int32","Small":"10"}
            """);

        Assert.Equal((5, 5L), (row.GetInt32("Bare"), row.GetInt64("Bare")));
        Assert.Equal(5_000_000_000, row.GetInt64("Big"));
        Assert.Equal((7L, 7), (row.GetInt64("Text"), row.GetInt32("Text")));
        Assert.Equal((8L, 9L, 10), (row.GetInt64("Number"), row.GetInt64("After"), row.GetInt32("Small")));
    }

    [Fact]
    public async Task A_value_of_an_unused_type_spoils_nothing_and_goes_back_unchanged()
    {
        const string Foreign = """
            "D@odata.type":"Edm.Double","D":"NaN","E":1.5,"G@odata.type":"Edm.Guid","G":"c9da6455-213d-42c9-9a79-3e9149a57833","B@odata.type":"Edm.Binary","B":"AAE=","N@odata.type":"Edm.New","N":{"a":[1]},"T@odata.type":"Edm.DateTime","T":"not a time"
            """;
        var row = await ReadAsync($$"""{"odata.metadata":"m","PartitionKey":"p","RowKey":"r","Known":"x",{{Foreign}},"Null":null}""");

        Assert.Equal("x", row.GetString("Known"));
        Assert.IsType<TableOpaqueValue>(row["D"]);
        Assert.Throws<InvalidOperationException>(() => row.GetDateTimeOffset("T"));
        Assert.False(row.ContainsKey("Null"));

        var written = JsonElement.Parse(TableEntityWriter.Write(row).Span);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse($$"""{"PartitionKey":"p","RowKey":"r","Known":"x",{{Foreign}}}"""), written));
    }

    [Fact]
    public async Task Version_and_time_of_a_row_are_kept_as_sent()
    {
        var row = await ReadAsync("""{"odata.etag":"W/\"datetime'2026-08-20T09%3A00%3A00.1234567Z'\"","PartitionKey":"","RowKey":"","Timestamp":"2026-08-20T09:00:00.1234567Z"}""");

        Assert.Equal("W/\"datetime'2026-08-20T09%3A00%3A00.1234567Z'\"", row.ETag.ToString());
        Assert.Equal(new DateTimeOffset(2026, 8, 20, 9, 0, 0, TimeSpan.Zero).AddTicks(1234567), row.Timestamp);
        Assert.Equal(("", "", 0), (row.PartitionKey, row.RowKey, row.Count));
    }

    private static async Task<TableEntity> ReadAsync(string json)
    {
        using var stub = new StubHandler(Answer(HttpStatusCode.OK, json));
        return await StubTable.Create(stub).GetEntityAsync("p", "r", cancellationToken: Cancel);
    }
}
