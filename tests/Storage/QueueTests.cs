using System.Net;
using System.Text;
using System.Xml.Linq;
using Azure;
using Azure.Core.Pipeline;
using Azure.Storage.Queues;
using Prestage.Functions.Background.Finish;
using Prestage.Functions.Storage;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;
using static Prestage.Tests.Support.StubHandler;

namespace Prestage.Tests.Storage;

/// <summary>Messages as the queue service gets them, and failures of that service.</summary>
public sealed class QueueTests
{
    private const string Sent =
        "<QueueMessagesList><QueueMessage><MessageId>1</MessageId><InsertionTime>Fri, 09 Oct 2026 21:04:30 GMT</InsertionTime>"
        + "<ExpirationTime>Fri, 31 Dec 9999 23:59:59 GMT</ExpirationTime><PopReceipt>p</PopReceipt>"
        + "<TimeNextVisible>Fri, 09 Oct 2026 21:04:32 GMT</TimeNextVisible></QueueMessage></QueueMessagesList>";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.2, "1")]
    [InlineData(1.5, "2")]
    [InlineData(60, "60")]
    public async Task A_message_is_base64_is_kept_until_it_is_taken_and_waits_no_less_than_asked(double delay, string seconds)
    {
        var body = string.Empty;
        using var stub = new StubHandler(request =>
        {
            using var reader = new StreamReader(request.Content!.ReadAsStream(Cancel));
            body = reader.ReadToEnd();
            return Answer(HttpStatusCode.Created, Sent, "application/xml")(request);
        });

        await new FinishQueue(Create(stub)).SendAsync(new FinishMessage("202612-x", 3), TimeSpan.FromSeconds(delay), Cancel);

        var query = Assert.Single(stub.Requests).RequestUri!.Query;
        Assert.Contains($"visibilitytimeout={seconds}", query.Split('?', '&'));
        Assert.Contains("messagettl=-1", query.Split('?', '&'));
        var text = Encoding.UTF8.GetString(Convert.FromBase64String(XDocument.Parse(body).Descendants("MessageText").Single().Value));
        Assert.Equal("""{"enrollmentId":"202612-x","turn":1,"attempt":3}""", text);
    }

    [Fact]
    public async Task A_queue_service_that_does_not_answer_is_a_failure_with_its_own_code()
    {
        Func<HttpRequestMessage, HttpResponseMessage> broken = _ => throw new HttpRequestException("connection reset");
        using var stub = new StubHandler(broken, broken, broken, broken);

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => Create(stub).SendMessageAsync("x", Cancel));

        Assert.Equal((0, StorageErrorCode.NoAnswer), (failure.Status, failure.ErrorCode));
    }

    [Fact]
    public async Task A_page_that_is_no_answer_of_the_service_is_a_failure()
    {
        using var stub = new StubHandler(Answer(HttpStatusCode.OK, "<html>sign in</html>", "text/html"));

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => Create(stub).ReceiveMessagesAsync(Cancel));

        Assert.Equal(StorageErrorCode.InvalidAnswer, failure.ErrorCode);
    }

    [Fact]
    public async Task A_foreign_message_spoils_no_others()
    {
        var account = await AzuriteFixture.NewAccountAsync();
        await using var backend = await Backend.StartAsync(storage: account);
        await backend.TablesReadyAsync();
        var raw = new QueueClient(account, FinishQueue.Name);
        await raw.SendMessageAsync("no base64", Cancel);
        await raw.SendMessageAsync("/w==", Cancel);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");

        (await mac.CompleteAsync()).IsOk(202);

        await mac.UntilAsync("completed");
    }

    private static QueueClient Create(StubHandler stub)
    {
        var options = StorageClients.QueueOptions("things");
        options.Transport = new HttpClientTransport(stub);
        options.RetryPolicy = new StorageRetryPolicy(TimeSpan.FromMilliseconds(1), StorageClients.TotalLimit, TimeProvider.System);
        return new(new Uri("https://contoso.queue.core.windows.net/things"), new StaticTokenCredential("t"), options);
    }
}
