using System.Net;
using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Prestage.Functions.Hosting;
using Prestage.Functions.Storage;
using Prestage.Functions.Tables;
using Prestage.Tests.Support;
using Xunit;
using static Prestage.Tests.Support.StubHandler;

namespace Prestage.Tests.Tables;

/// <summary>Answers that the emulator does not give, to the real pipeline over a stub.</summary>
public sealed class TableAnswerTests
{
    private const string Row = """{"odata.etag":"W/\"1\"","PartitionKey":"p","RowKey":"r","Timestamp":"2026-08-20T09:00:00Z"}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_identitys_token_goes_with_each_request_over_https()
    {
        using var stub = new StubHandler(Answer(HttpStatusCode.OK, Row));
        var credential = new StaticTokenCredential("the-token");
        var table = new TableServiceClient(StubTable.Endpoint, credential, StubTable.Options(stub)).GetTableClient("things");

        await table.GetEntityAsync("it's", "a b", cancellationToken: Cancel);

        var request = Assert.Single(stub.Requests);
        Assert.Equal("Bearer the-token", request.Headers.Authorization!.ToString());
        Assert.Equal(["https://storage.azure.com/.default"], credential.Scopes);
        Assert.Equal("https://contoso.table.core.windows.net/things(PartitionKey='it%27%27s',RowKey='a%20b')", request.RequestUri!.AbsoluteUri);
        Assert.Equal("2020-12-06", Assert.Single(request.Headers.GetValues("x-ms-version")));
        Assert.Equal("3.0", Assert.Single(request.Headers.GetValues("DataServiceVersion")));
        Assert.Equal("application/json;odata=minimalmetadata", request.Headers.Accept.ToString().Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_is_reset_as_it_opens_is_no_answer()
    {
        using var stub = new StubHandler(_ => throw new SocketException((int)SocketError.NotConnected));

        var failed = await Assert.ThrowsAsync<RequestFailedException>(() => StubTable.Create(stub).GetEntityAsync("p", "r", cancellationToken: Cancel));

        Assert.Equal(StorageErrorCode.NoAnswer, failed.ErrorCode);
    }

    [Fact]
    public async Task A_token_is_never_sent_over_http()
    {
        using var stub = new StubHandler();
        var table = new TableServiceClient(new Uri("http://127.0.0.1:1"), new StaticTokenCredential("t"), StubTable.Options(stub)).GetTableClient("things");

        await Assert.ThrowsAsync<InvalidOperationException>(() => table.GetEntityAsync("p", "r", cancellationToken: Cancel));

        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task A_missing_token_is_a_failure_with_its_own_code()
    {
        using var stub = new StubHandler(_ => throw new CredentialUnavailableException("no identity endpoint"));

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => StubTable.Create(stub).GetEntityAsync("p", "r", cancellationToken: Cancel));

        Assert.Equal((0, StorageErrorCode.NoCredential), (failure.Status, failure.ErrorCode));
    }

    [Fact]
    public async Task An_empty_page_with_a_continuation_is_not_the_last()
    {
        using var stub = new StubHandler(
            Answer(HttpStatusCode.OK, """{"value":[]}""", headers: ("x-ms-continuation-NextPartitionKey", "1!8!a=&")),
            Answer(HttpStatusCode.OK, $$"""{"value":[{{Row}}]}""", headers: [("x-ms-continuation-NextPartitionKey", "2&%26"), ("x-ms-continuation-NextRowKey", "r+ 'x'")]),
            Answer(HttpStatusCode.OK, """{"value":[]}"""));

        var pages = await StubTable.Create(stub).QueryAsync("A eq 1", 10, ["A"], Cancel).AsPages().ToListAsync(Cancel);

        Assert.Equal([0, 1, 0], pages.Select(page => page.Values.Count));
        Assert.Equal(
            [
                "?$filter=A%20eq%201&$top=10&$select=PartitionKey%2CRowKey%2CA",
                "?$filter=A%20eq%201&$top=10&$select=PartitionKey%2CRowKey%2CA&NextPartitionKey=1%218%21a%3D%26",
                "?$filter=A%20eq%201&$top=10&$select=PartitionKey%2CRowKey%2CA&NextPartitionKey=2%26%2526&NextRowKey=r%2B%20%27x%27",
            ],
            stub.Requests.Select(request => request.RequestUri!.Query));
    }

    [Theory]
    [InlineData("""{"odata.error":{"code":"FromBody","message":{"lang":"en-US","value":"Why.\nRequestId:1\nTime:2"}}}""", null, "FromBody", "Why.")]
    [InlineData("""{"error":{"code":"FromBody","message":"Why."}}""", null, "FromBody", "Why.")]
    [InlineData("""{"odata.error":{"code":"FromBody","message":{"value":"Why."}}}""", "FromHeader", "FromHeader", "Why.")]
    [InlineData("""<?xml version="1.0"?><m:error xmlns:m="urn:x"><m:code>FromXml</m:code><m:message xml:lang="en">Why.</m:message></m:error>""", null, "FromXml", "Why.")]
    [InlineData("\uFEFF<Error><Code>FromXml</Code><Message>Why.\r\nRequestId:1\nTime:2</Message></Error>", null, "FromXml", "Why.")]
    [InlineData("", "FromHeader", "FromHeader", "Forbidden")]
    [InlineData("", null, "Forbidden", "Forbidden")]
    [InlineData("<html><body>proxy<br></body>", null, "Forbidden", "Forbidden")]
    [InlineData("{\"odata.error\":", null, "Forbidden", "Forbidden")]
    [InlineData("[1]", null, "Forbidden", "Forbidden")]
    [InlineData("""{"odata.error":{"code":7}}""", null, "Forbidden", "Forbidden")]
    [InlineData("""<!DOCTYPE a [<!ENTITY b "c">]><Error><Code>&b;</Code></Error>""", null, "Forbidden", "Forbidden")]
    public async Task Every_failure_has_a_code_and_a_message(string body, string? header, string code, string message)
    {
        (string, string)[] headers = header is null ? [] : [("x-ms-error-code", header)];
        using var stub = new StubHandler(Answer(HttpStatusCode.Forbidden, body, headers: headers));

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => StubTable.Create(stub).GetEntityIfExistsAsync("p", "r", cancellationToken: Cancel));

        Assert.Equal((403, code), (failure.Status, failure.ErrorCode));
        Assert.Equal(message, failure.Message.Split('\n')[0].TrimEnd('\r'));
    }

    [Fact]
    public async Task A_404_that_does_not_say_what_is_missing_is_no_missing_row()
    {
        using var stub = new StubHandler(Answer(HttpStatusCode.NotFound), Answer(HttpStatusCode.NotFound, "<html>"));

        await Assert.ThrowsAsync<RequestFailedException>(() => StubTable.Create(stub).GetEntityIfExistsAsync("p", "r", cancellationToken: Cancel));
        await Assert.ThrowsAsync<RequestFailedException>(() => StubTable.Create(stub).DeleteEntityAsync("p", "r", cancellationToken: Cancel));
    }

    [Fact]
    public async Task A_busy_service_is_asked_again_and_counted_once()
    {
        using var stub = new StubHandler(
            Answer(HttpStatusCode.ServiceUnavailable, headers: ("x-ms-error-code", TableErrorCode.ServerBusy)),
            Answer(HttpStatusCode.InternalServerError),
            Answer(HttpStatusCode.OK, Row));
        var usage = CallUsage.Begin();

        Assert.NotNull(await StubTable.Create(stub).GetEntityIfExistsAsync("p", "r", cancellationToken: Cancel));

        Assert.Equal((3, 1), (stub.Requests.Count, usage.TableOperations));
    }

    [Fact]
    public async Task A_service_that_stays_busy_is_reported_after_four_tries()
    {
        var busy = Answer(HttpStatusCode.ServiceUnavailable, headers: ("x-ms-error-code", TableErrorCode.ServerBusy));
        using var stub = new StubHandler(busy, busy, busy, busy);

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => StubTable.Create(stub).GetEntityAsync("p", "r", cancellationToken: Cancel));

        Assert.Equal((503, TableErrorCode.ServerBusy, 4), (failure.Status, failure.ErrorCode, stub.Requests.Count));
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_a_failure_with_its_own_code()
    {
        Func<HttpRequestMessage, HttpResponseMessage> broken = _ => throw new HttpRequestException("connection reset");
        using var stub = new StubHandler(broken, broken, broken, broken);

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => StubTable.Create(stub).GetEntityAsync("p", "r", cancellationToken: Cancel));

        Assert.Equal((0, StorageErrorCode.NoAnswer, 4), (failure.Status, failure.ErrorCode, stub.Requests.Count));
    }

    [Fact]
    public async Task A_try_that_takes_too_long_is_given_up_and_the_callers_cancellation_is_his_own()
    {
        using var silent = new SilentHandler();
        var options = StubTable.Options(silent);
        Assert.Equal((TimeSpan.FromSeconds(5), 3), (options.Retry.NetworkTimeout, options.Retry.MaxRetries));
        options.Retry.NetworkTimeout = TimeSpan.FromMilliseconds(20);
        var table = new TableServiceClient(StubTable.Endpoint, new StaticTokenCredential("t"), options).GetTableClient("things");

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => table.GetEntityAsync("p", "r", cancellationToken: Cancel));
        Assert.Equal((0, StorageErrorCode.NoAnswer), (failure.Status, failure.ErrorCode));

        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => table.GetEntityAsync("p", "r", cancellationToken: given.Token));
    }

    [Theory]
    [InlineData("<html>captive portal</html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("")]
    public async Task A_success_that_holds_no_row_is_a_failure(string body)
    {
        using var stub = new StubHandler(Answer(HttpStatusCode.OK, body), Answer(HttpStatusCode.OK, body));
        var table = StubTable.Create(stub);

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => table.GetEntityIfExistsAsync("p", "r", cancellationToken: Cancel));
        Assert.Equal(StorageErrorCode.InvalidAnswer, failure.ErrorCode);
        failure = await Assert.ThrowsAsync<RequestFailedException>(() => table.QueryAsync(cancellationToken: Cancel).ToListAsync(Cancel).AsTask());
        Assert.Equal(StorageErrorCode.InvalidAnswer, failure.ErrorCode);
    }

    private sealed class SilentHandler : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
