using System.Net;
using Prestage.Functions.Enrollments;
using Prestage.Tests.Support;
using Xunit;
using static Prestage.Tests.Support.StubHandler;
using static Prestage.Tests.Storage.StoredRows;

namespace Prestage.Tests.Storage;

/// <summary>A page may be empty and still not be the last: the service says so by a continuation, which the emulator never does.</summary>
public sealed class EmptyPageTests
{
    private const string Event = "\"At\":\"2026-12-01T08:00:00Z\",\"At@odata.type\":\"Edm.DateTime\",\"Actor\":\"mac\",\"Level\":\"info\"";
    private static readonly EnrollmentId Id = EnrollmentId.Create(Now);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_enrollments_behind_an_empty_page_are_found()
    {
        using var stub = Pages($$"""{"PartitionKey":"{{Id.Month}}","RowKey":"{{EnrollmentKeys.Open(Id)}}"}""", then: 12);

        var open = await new StoredRows(StubTable.Create(stub)).Enrollments.ListOpenAsync(Cancel).ToListAsync(Cancel);

        Assert.Equal(Id, Assert.Single(open).Id);
        var asked = stub.Requests.Take(3).Select(request => request.RequestUri!.Query).ToList();
        Assert.DoesNotContain("NextPartitionKey", asked[0], StringComparison.Ordinal);
        Assert.Contains("NextPartitionKey=1%218%21cGFydA--", asked[1], StringComparison.Ordinal);
        Assert.Contains("NextPartitionKey=1%218%21bmV4dA--&NextRowKey=1%214%21cm93", asked[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_of_a_Mac_behind_an_empty_page_are_found()
    {
        using var stub = Pages($$"""{"PartitionKey":"{{SystemId}}","RowKey":"e|2519ffffffffffff-aaaaaaaaaaaaaaaa","Code":"refused",{{Event}}}""");

        var events = await new StoredRows(StubTable.Create(stub)).EventsAsync();

        Assert.Equal("refused", Assert.Single(events).Code);
    }

    [Fact]
    public async Task Events_of_a_history_behind_an_empty_page_are_found()
    {
        var missing = Answer(HttpStatusCode.NotFound, """{"odata.error":{"code":"ResourceNotFound","message":{"value":"No."}}}""");
        using var stub = Pages(
            $$"""{"PartitionKey":"{{Id.Month}}","RowKey":"{{EnrollmentKeys.Event(Id, 0)}}","Code":"verified",{{Event}}}""",
            before: missing, after: missing);

        var history = (await new StoredRows(StubTable.Create(stub)).Histories.ReadAsync(Id, Cancel))!;

        Assert.Equal("verified", Assert.Single(history.Events).Code);
    }

    [Fact]
    public async Task A_purge_goes_on_behind_an_empty_page()
    {
        using var stub = Pages(
            $$"""{"odata.etag":"W/\"1\"","PartitionKey":"{{UserId}}","RowKey":"current"}""", between: Answer(HttpStatusCode.NoContent));

        Assert.Equal(1, await new StoredRows(StubTable.Create(stub)).Passcodes.PurgeAsync(Now, Cancel));
    }

    // An empty page, a page with the row, and an empty last one; both continuations in the forms that the service has.
    private static StubHandler Pages(
        string row, int then = 0, Func<HttpRequestMessage, HttpResponseMessage>? before = null,
        Func<HttpRequestMessage, HttpResponseMessage>? between = null, Func<HttpRequestMessage, HttpResponseMessage>? after = null)
    {
        var empty = Answer(HttpStatusCode.OK, """{"value":[]}""");
        return new(
            [
                .. before is null ? [] : new[] { before },
                Answer(HttpStatusCode.OK, """{"value":[]}""", headers: ("x-ms-continuation-NextPartitionKey", "1!8!cGFydA--")),
                Answer(
                    HttpStatusCode.OK, $$"""{"value":[{{row}}]}""",
                    headers: [("x-ms-continuation-NextPartitionKey", "1!8!bmV4dA--"), ("x-ms-continuation-NextRowKey", "1!4!cm93")]),
                .. between is null ? [] : new[] { between },
                empty,
                .. Enumerable.Repeat(empty, then),
                .. after is null ? [] : new[] { after },
            ]);
    }
}
