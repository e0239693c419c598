using System.Net;
using Azure;
using Prestage.Functions.Storage;
using Prestage.Functions.Tables;
using Prestage.Tests.Support;
using Xunit;
using static Prestage.Tests.Support.StubHandler;

namespace Prestage.Tests.Tables;

/// <summary>The multipart of a transaction, sent and received, in every shape that RFC 2046 allows.</summary>
public sealed class TableBatchAnswerTests
{
    private const string Error = """{"odata.error":{"code":"EntityAlreadyExists","message":{"lang":"en-US","value":"1:The specified entity already exists.\nRequestId:x\nTime:y"}}}""";

    private static readonly TableTransactionAction[] Two =
        [new(TableTransactionActionType.Add, new("p", "a")), new(TableTransactionActionType.Delete, new("p", "b"), new ETag("W/\"1\""))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_request_is_one_changeset_with_absolute_addresses_and_one_line_of_json()
    {
        var sent = string.Empty;
        using var stub = new StubHandler(request =>
        {
            using var reader = new StreamReader(request.Content!.ReadAsStream(Cancel));
            sent = reader.ReadToEnd();
            return Answer(HttpStatusCode.Accepted, Parts("HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"), "multipart/mixed; boundary=b")(request);
        });

        await StubTable.Create(stub).SubmitTransactionAsync(Two, Cancel);

        var request = Assert.Single(stub.Requests);
        Assert.Equal("https://contoso.table.core.windows.net/$batch", request.RequestUri!.AbsoluteUri);
        var batch = request.Content!.Headers.ContentType!.Parameters.Single().Value!;
        var changeset = sent.Split("boundary=")[1].Split("\r\n")[0];
        Assert.Equal(
            $"""
            --{batch}
            Content-Type: multipart/mixed; boundary={changeset}

            --{changeset}
            Content-Type: application/http
            Content-Transfer-Encoding: binary

            POST https://contoso.table.core.windows.net/things HTTP/1.1
            Accept: application/json;odata=minimalmetadata
            DataServiceVersion: 3.0
            Prefer: return-no-content
            Content-Type: application/json

            {"{"}"PartitionKey":"p","RowKey":"a"{"}"}
            --{changeset}
            Content-Type: application/http
            Content-Transfer-Encoding: binary

            DELETE https://contoso.table.core.windows.net/things(PartitionKey='p',RowKey='b') HTTP/1.1
            Accept: application/json;odata=minimalmetadata
            DataServiceVersion: 3.0
            If-Match: W/"1"


            --{changeset}--
            --{batch}--

            """.ReplaceLineEndings("\r\n"),
            sent);
    }

    [Fact]
    public async Task An_answer_with_a_part_for_each_operation_gives_their_versions_in_order()
    {
        var body = "preamble\r\n\r\n" + Parts("HTTP/1.1 204 No Content\r\nContent-ID: 1\r\nETag: W/\"a:b\"\r\nDataServiceVersion: 3.0;\r\n\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n");

        var etags = await SubmitAsync(body, "multipart/mixed; boundary=b");

        Assert.Equal([new ETag("W/\"a:b\""), default], etags);
    }

    [Theory]
    [InlineData("multipart/mixed; boundary=b", "\r\n")]
    [InlineData("multipart/mixed; boundary=\"b\"", "\r\n")]
    [InlineData("Multipart/Mixed; charset=utf-8; Boundary=\"b\"", "\n")]
    [InlineData("", "\r\n")]
    [InlineData("text/plain", "\n")]
    public async Task A_failure_is_found_whatever_the_headers(string contentType, string lineEnd)
    {
        string[] parts =
        [
            $"HTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\n\r\n{Error}\r\n",
            $"HTTP/1.1 409 Conflict\r\ncontent-type:application/json;odata=minimalmetadata\r\nX-Odd\r\n: odd\r\n\r\n{Error}",
        ];
        foreach (var body in parts.SelectMany(part => (string[])[Parts(part), BareParts(part)]))
        {
            var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(() => SubmitAsync(body.ReplaceLineEndings(lineEnd), contentType));

            Assert.Equal((409, TableErrorCode.EntityAlreadyExists, 1), (failure.Status, failure.ErrorCode, failure.FailedTransactionActionIndex));
            Assert.Contains("The specified entity already exists.", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("RequestId", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 412 Precondition Failed\r\n\r\n", 412, "PreconditionFailed")]
    [InlineData("HTTP/1.1 412 Precondition Failed\r\nx-ms-error-code: UpdateConditionNotSatisfied\r\n\r\n", 412, "UpdateConditionNotSatisfied")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n<m:error xmlns:m='urn:x'><m:code>InvalidInput</m:code>\r\n<m:message>No.</m:message></m:error>", 400, "InvalidInput")]
    public async Task A_failure_without_a_number_has_a_code_still(string part, int status, string code)
    {
        var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(() => SubmitAsync(Parts(part), "multipart/mixed; boundary=b"));

        Assert.Equal((status, code, null), (failure.Status, failure.ErrorCode, failure.FailedTransactionActionIndex));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("--b\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n--b--\r\n")]
    [InlineData("--b\r\n\r\nHTTP/1.1\r\n\r\n--b\r\n\r\nHTTP/1.1 x\r\n\r\n--b--\r\n")]
    public async Task An_answer_that_does_not_account_for_each_operation_is_no_success(string body)
    {
        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => SubmitAsync(body, "multipart/mixed; boundary=b"));

        Assert.Equal(StorageErrorCode.InvalidAnswer, failure.ErrorCode);
    }

    [Fact]
    public async Task A_refusal_of_the_whole_request_is_an_ordinary_failure()
    {
        using var stub = new StubHandler(Answer(HttpStatusCode.BadRequest, headers: ("x-ms-error-code", "InvalidInput")));

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => StubTable.Create(stub).SubmitTransactionAsync(Two, Cancel));

        Assert.Equal((400, "InvalidInput"), (failure.Status, failure.ErrorCode));
    }

    private static async Task<IReadOnlyList<ETag>> SubmitAsync(string body, string contentType)
    {
        using var stub = new StubHandler(Answer(HttpStatusCode.Accepted, body, contentType));
        return await StubTable.Create(stub).SubmitTransactionAsync(Two, Cancel);
    }

    private static string Parts(params string[] parts) =>
        "--b\r\nContent-Type: multipart/mixed; boundary=\"c d\"\r\n\r\n"
        + string.Concat(parts.Select(part => $"--c d\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n{part}\r\n"))
        + "--c d--\r\n--b--\r\n";

    private static string BareParts(string part) => $"--b\r\n\r\n--c\r\n{part}\r\n--c--\r\n--b--\r\n";
}
