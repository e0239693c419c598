using System.Diagnostics.Tracing;
using System.Net;
using System.Net.Sockets;
using Azure;
using Azure.Core.Diagnostics;
using Azure.Data.Tables;
using Azure.Identity;
using Prestage.Functions.Hosting;
using Prestage.Functions.Storage;
using Prestage.Tests.Support;
using Xunit;
using static Prestage.Tests.Support.StubHandler;

namespace Prestage.Tests.Storage;

/// <summary>What every call to a table has in common: answers that the emulator does not give, below the package's real pipeline.</summary>
public sealed class StorageCallTests
{
    private const string Row = """{"odata.etag":"W/\"1\"","PartitionKey":"p","RowKey":"r","Timestamp":"2026-08-20T09:00:00Z"}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_of_the_identity_goes_with_each_request_over_https()
    {
        using var stub = new StubHandler(Answer(HttpStatusCode.OK, Row.Replace("\"r\"", "\"a b\"", StringComparison.Ordinal)));
        var credential = new StaticTokenCredential("the-token");
        var table = new TableClient(StubTable.Endpoint, "things", credential, StubTable.Options(stub));

        await table.FindEntityAsync("it's", "a b", Cancel);

        var request = Assert.Single(stub.Requests);
        Assert.Equal("Bearer the-token", request.Headers.Authorization!.ToString());
        Assert.Equal(["https://storage.azure.com/.default"], credential.Scopes);
        Assert.Equal("/things(PartitionKey='it%27%27s',RowKey='a%20b')", request.RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task A_token_is_never_sent_over_http()
    {
        using var stub = new StubHandler();
        var table = new TableClient(new Uri("http://127.0.0.1:1"), "things", new StaticTokenCredential("t"), StubTable.Options(stub));

        await Assert.ThrowsAsync<InvalidOperationException>(() => table.FindEntityAsync("p", "r", Cancel));
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task A_missing_token_is_a_failure_with_its_own_code()
    {
        using var stub = new StubHandler(_ => throw new CredentialUnavailableException("no identity endpoint"));

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => FindAsync(stub));

        Assert.Equal((0, StorageErrorCode.NoCredential), (failure.Status, failure.ErrorCode));
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_a_failure_with_its_own_code()
    {
        Func<HttpRequestMessage, HttpResponseMessage>[] ends =
        [
            _ => throw new HttpRequestException("connection reset"),
            _ => throw new SocketException((int)SocketError.NotConnected),
            _ => throw new IOException("reset"),
        ];
        foreach (var end in ends)
        {
            using var stub = new StubHandler(end, end, end, end);

            var failure = await Assert.ThrowsAsync<RequestFailedException>(() => FindAsync(stub));

            Assert.Equal((0, StorageErrorCode.NoAnswer), (failure.Status, failure.ErrorCode));
            Assert.Contains("contoso.table.core.windows.net", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_busy_service_is_asked_again_and_counted_once()
    {
        using var stub = new StubHandler(
            Answer(HttpStatusCode.ServiceUnavailable, Error("ServerBusy")), Answer(HttpStatusCode.InternalServerError),
            Answer(HttpStatusCode.OK, Row));
        var usage = CallUsage.Begin();

        Assert.NotNull(await FindAsync(stub));

        Assert.Equal((3, 1), (stub.Requests.Count, usage.TableOperations));
    }

    [Fact]
    public async Task A_transaction_is_one_operation_and_so_is_each_page()
    {
        using var stub = new StubHandler(
            Answer(HttpStatusCode.Accepted, Batch("HTTP/1.1 204 No Content", "HTTP/1.1 204 No Content"), "multipart/mixed; boundary=b"),
            Answer(HttpStatusCode.OK, """{"value":[]}""", headers: ("x-ms-continuation-NextPartitionKey", "t")),
            Answer(HttpStatusCode.OK, """{"value":[]}"""));
        var table = StubTable.Create(stub);
        var usage = CallUsage.Begin();

        await table.SubmitAsync(Two, Cancel);
        Assert.Equal(1, usage.TableOperations);
        await table.QueryAsync<TableEntity>(cancellationToken: Cancel).CountAsync(Cancel);
        Assert.Equal(3, usage.TableOperations);
    }

    [Fact]
    public async Task A_service_that_stays_busy_is_reported_after_four_tries()
    {
        var busy = Answer(HttpStatusCode.ServiceUnavailable, Error("ServerBusy"));
        using var stub = new StubHandler(busy, busy, busy, busy);

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => FindAsync(stub));

        Assert.Equal((503, "ServerBusy", 4), (failure.Status, failure.ErrorCode, stub.Requests.Count));
    }

    [Fact]
    public async Task No_further_try_begins_when_the_call_has_taken_its_time()
    {
        var clock = new Stopwatch();
        Func<HttpRequestMessage, HttpResponseMessage> slow = request =>
        {
            clock.Seconds += 8;
            return Answer(HttpStatusCode.ServiceUnavailable, Error("ServerBusy"))(request);
        };
        using var stub = new StubHandler(slow, slow, slow, slow);
        var options = StubTable.Options(stub);
        options.RetryPolicy = new StorageRetryPolicy(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(20), clock);
        var table = new TableClient(StubTable.Endpoint, "things", new StaticTokenCredential("t"), options);

        await Assert.ThrowsAsync<RequestFailedException>(() => table.FindEntityAsync("p", "r", Cancel));

        Assert.Equal(3, stub.Requests.Count);
    }

    [Fact]
    public async Task A_try_that_takes_too_long_is_given_up_and_the_cancellation_of_the_caller_is_its_own()
    {
        using var silent = new SilentHandler();
        var options = StubTable.Options(silent);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Retry.NetworkTimeout);
        options.Retry.NetworkTimeout = TimeSpan.FromMilliseconds(20);
        var table = new TableClient(StubTable.Endpoint, "things", new StaticTokenCredential("t"), options);

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => table.FindEntityAsync("p", "r", Cancel));
        Assert.Equal((0, StorageErrorCode.NoAnswer), (failure.Status, failure.ErrorCode));

        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => table.FindEntityAsync("p", "r", given.Token));
    }

    [Theory]
    [InlineData("""{"odata.error":{"code":"FromBody","message":{"lang":"en-US","value":"Why."}}}""", null, "FromBody")]
    [InlineData("""<m:error xmlns:m="urn:x"><m:code>FromXml</m:code><m:message>Why.</m:message></m:error>""", null, "FromXml")]
    [InlineData("\uFEFF<Error><Code>FromXml</Code><Message>Why.</Message></Error>", null, "FromXml")]
    [InlineData("", "FromHeader", "FromHeader")]
    [InlineData("", null, null)]
    [InlineData("<html><body>proxy<br></body>", null, null)]
    [InlineData("{\"odata.error\":", null, null)]
    [InlineData("[1]", null, null)]
    public async Task A_failure_has_the_code_that_the_answer_holds(string body, string? header, string? code)
    {
        (string, string)[] headers = header is null ? [] : [("x-ms-error-code", header)];
        using var stub = new StubHandler(Answer(HttpStatusCode.Forbidden, body, headers: headers));

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => FindAsync(stub));

        Assert.Equal((403, code), (failure.Status, StorageErrorCode.Of(failure)));
    }

    [Fact]
    public async Task A_404_that_does_not_say_what_is_missing_is_no_missing_row()
    {
        foreach (var body in new[] { "", "<html>", Error("TableNotFound") })
        {
            using var stub = new StubHandler(Answer(HttpStatusCode.NotFound, body), Answer(HttpStatusCode.NotFound, body));
            var table = StubTable.Create(stub);

            await Assert.ThrowsAsync<RequestFailedException>(() => table.FindEntityAsync("p", "r", Cancel));
            await Assert.ThrowsAsync<RequestFailedException>(() => table.DeleteEntityIfExistsAsync("p", "r", ETag.All, Cancel));
        }
    }

    [Theory]
    [InlineData("<html>sign in</html>", "text/html")]
    [InlineData("", "application/json")]
    [InlineData("{}", "application/json")]
    [InlineData("""{"PartitionKey":"p","RowKey":"another"}""", "application/json")]
    public async Task A_success_that_is_not_the_row_is_a_failure(string body, string mediaType)
    {
        using var stub = new StubHandler(Answer(HttpStatusCode.OK, body, mediaType));

        await Assert.ThrowsAsync<RequestFailedException>(() => FindAsync(stub));
    }

    [Theory]
    [InlineData("<html>sign in</html>", "text/html")]
    [InlineData("", "multipart/mixed; boundary=b")]
    [InlineData("one of two", "multipart/mixed; boundary=b")]
    public async Task An_answer_that_does_not_account_for_each_operation_of_a_transaction_is_a_failure(string body, string mediaType)
    {
        body = body == "one of two" ? Batch("HTTP/1.1 204 No Content") : body;
        using var stub = new StubHandler(Answer(HttpStatusCode.Accepted, body, mediaType));

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => StubTable.Create(stub).SubmitAsync(Two, Cancel));

        Assert.Equal(StorageErrorCode.InvalidAnswer, failure.ErrorCode);
    }

    [Fact]
    public async Task A_transaction_of_none_or_of_more_than_a_hundred_is_not_sent()
    {
        using var stub = new StubHandler();
        var table = StubTable.Create(stub);
        var many = Enumerable.Range(0, 101)
            .Select(i => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity("p", $"{i}"))).ToList();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => table.SubmitAsync([], Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => table.SubmitAsync(many, Cancel));

        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task The_package_logs_no_key_no_filter_and_no_content()
    {
        List<string> lines = [];
        using var listener = new AzureEventSourceListener(
            (written, message) =>
            {
                lock (lines)
                {
                    lines.Add(message);
                }
            },
            EventLevel.Verbose);
        using var stub = new StubHandler(
            Answer(HttpStatusCode.ServiceUnavailable, Error("ServerBusy")),
            Answer(HttpStatusCode.OK, $$"""{"value":[{{Row.Replace("\"p\"", "\"canary-row\"", StringComparison.Ordinal)}}]}"""),
            Answer(HttpStatusCode.NotFound, Error("ResourceNotFound")), Answer(HttpStatusCode.NoContent));
        var table = StubTable.Create(stub);

        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {"canary-filter"}");
        Assert.Single(await table.QueryAsync<TableEntity>(filter, cancellationToken: Cancel).ToListAsync(Cancel));
        Assert.Null(await table.FindEntityAsync("canary-key", "r", Cancel));
        await table.InsertEntityAsync(new TableEntity("p", "r") { ["Value"] = "canary-value" }, Cancel);

        lock (lines)
        {
            Assert.DoesNotContain(lines, line => line.Contains("canary", StringComparison.Ordinal));
        }
    }

    private static readonly TableTransactionAction[] Two =
        [new(TableTransactionActionType.Add, new TableEntity("p", "a")), new(TableTransactionActionType.Add, new TableEntity("p", "b"))];

    private static Task<TableEntity?> FindAsync(StubHandler stub) => StubTable.Create(stub).FindEntityAsync("p", "r", Cancel);

    private static string Error(string code) => $$$$"""{"odata.error":{"code":"{{{{code}}}}","message":{"lang":"en-US","value":"Why."}}}""";

    private static string Batch(params string[] answers) =>
        "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
        + string.Concat(answers.Select(answer => $"--c\r\nContent-Type: application/http\r\n\r\n{answer}\r\n\r\n\r\n"))
        + "--c--\r\n--b--\r\n";

    private sealed class SilentHandler : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }
    }

    private sealed class Stopwatch : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
