using System.Net;
using Azure;
using Azure.Core.Pipeline;
using Prestage.Functions.Queues;
using Prestage.Functions.Storage;
using Prestage.Tests.Support;
using Xunit;
using static Prestage.Tests.Support.StubHandler;

namespace Prestage.Tests.Queues;

/// <summary>What the emulator does not show, over a stub; one request more than there are answers fails the test.</summary>
public sealed class QueueAnswerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_identitys_token_goes_with_each_request_over_https()
    {
        using var stub = new StubHandler(Answer(HttpStatusCode.NoContent));

        await Create(stub).DeleteMessageAsync("id", "AB+/c=", Cancel);

        var request = Assert.Single(stub.Requests);
        Assert.Equal("Bearer a-token", request.Headers.Authorization!.ToString());
        Assert.Equal("https://contoso.queue.core.windows.net/things/messages/id?popreceipt=AB%2B%2Fc%3D", request.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public async Task A_foreign_message_spoils_no_others()
    {
        static string Message(string body) => $"<QueueMessage><MessageId>1</MessageId><InsertionTime>Fri, 09 Oct 2026 21:04:30 GMT</InsertionTime><PopReceipt>p</PopReceipt><DequeueCount>1</DequeueCount><MessageText>{body}</MessageText></QueueMessage>";
        using var stub = new StubHandler(Answer(
            HttpStatusCode.OK, $"\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessagesList>{Message("plain text")}{Message("/w==")}{Message("aGk=")}{Message("")}</QueueMessagesList>", "application/xml"));

        var messages = await Create(stub).ReceiveMessagesAsync(4, cancellationToken: Cancel);

        Assert.Equal([null, null, "hi", ""], messages.Select(message => message.MessageText));
        Assert.Equal("plain text", messages[0].Body);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("<QueueMessagesList><QueueMessage><MessageId>1</MessageId></QueueMessage></QueueMessagesList>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><QueueMessagesList>&b;</QueueMessagesList>")]
    public async Task A_success_that_holds_no_messages_is_a_failure(string body)
    {
        using var stub = new StubHandler(Answer(HttpStatusCode.OK, body, "application/xml"));

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => Create(stub).ReceiveMessagesAsync(cancellationToken: Cancel));

        Assert.Equal(StorageErrorCode.InvalidAnswer, failure.ErrorCode);
    }

    [Fact]
    public async Task A_busy_service_is_asked_again()
    {
        using var stub = new StubHandler(
            Answer(HttpStatusCode.ServiceUnavailable, "<Error><Code>ServerBusy</Code><Message>m</Message></Error>", "application/xml"),
            Answer(HttpStatusCode.OK, headers: ("x-ms-approximate-messages-count", "7")));

        Assert.Equal(7, (await Create(stub).GetPropertiesAsync(Cancel)).ApproximateMessagesCount);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0.2)]
    [InlineData(604_801)]
    public async Task A_time_that_the_service_does_not_take_is_refused_here(double seconds)
    {
        using var stub = new StubHandler();
        var time = TimeSpan.FromSeconds(seconds);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Create(stub).SendMessageAsync("x", time, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Create(stub).ReceiveMessagesAsync(1, time, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Create(stub).UpdateMessageAsync("i", "p", time, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Create(stub).ReceiveMessagesAsync(1, TimeSpan.Zero, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Create(stub).ReceiveMessagesAsync(33, cancellationToken: Cancel));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("Upper")]
    [InlineData("-abc")]
    [InlineData("a--b")]
    [InlineData("a_b")]
    public void A_queue_name_that_is_none_is_refused(string name) => Assert.Throws<ArgumentException>(() => QueueLimits.CheckQueueName(name));

    private static QueueClient Create(HttpMessageHandler handler) => new QueueServiceClient(
        new Uri("https://contoso.queue.core.windows.net"),
        new StaticTokenCredential("a-token"),
        new QueueClientOptions { Transport = new HttpClientTransport(handler), Retry = { Delay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero } }).GetQueueClient("things");
}
