using System.Text;
using Azure;
using Prestage.Functions.Queues;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Queues;

/// <summary>The queue client against a real Azurite.</summary>
public sealed class QueueClientTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queue_is_created_once()
    {
        var queue = await azurite.MissingQueueAsync();

        Assert.True(await queue.CreateIfNotExistsAsync(Cancel));
        Assert.False(await queue.CreateIfNotExistsAsync(Cancel));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"enrollmentId\":\"x\",\"attempt\":1}")]
    [InlineData("Żółć 漢字 🍏 <&>]]> \r\n\0 --")]
    public async Task A_text_is_received_as_it_was_sent_and_deleted(string text)
    {
        var queue = await azurite.NewQueueAsync();
        await queue.SendMessageAsync(text, cancellationToken: Cancel);

        var message = Assert.Single(await queue.ReceiveMessagesAsync(32, TimeSpan.FromMinutes(1), Cancel));
        Assert.Equal((text, 1), (message.MessageText, message.DequeueCount));
        Assert.Equal(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)), message.Body);
        Assert.Empty(await queue.ReceiveMessagesAsync(cancellationToken: Cancel));

        await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, Cancel);
        Assert.Equal(0, (await queue.GetPropertiesAsync(Cancel)).ApproximateMessagesCount);
    }

    [Fact]
    public async Task A_delayed_message_is_there_and_not_yet_seen()
    {
        var queue = await azurite.NewQueueAsync();
        await queue.SendMessageAsync("later", TimeSpan.FromDays(7), Cancel);
        await queue.SendMessageAsync("now", TimeSpan.Zero, Cancel);

        Assert.Equal("now", Assert.Single(await queue.ReceiveMessagesAsync(32, cancellationToken: Cancel)).MessageText);
        Assert.Equal(2, (await queue.GetPropertiesAsync(Cancel)).ApproximateMessagesCount);
    }

    [Fact]
    public async Task A_message_given_back_is_received_again_with_its_count()
    {
        var queue = await azurite.NewQueueAsync();
        await queue.SendMessageAsync("again", cancellationToken: Cancel);
        var first = Assert.Single(await queue.ReceiveMessagesAsync(cancellationToken: Cancel));

        var receipt = await queue.UpdateMessageAsync(first.MessageId, first.PopReceipt, TimeSpan.Zero, Cancel);

        var second = Assert.Single(await queue.ReceiveMessagesAsync(cancellationToken: Cancel));
        Assert.Equal((first.MessageId, "again", 2), (second.MessageId, second.MessageText, second.DequeueCount));
        Assert.NotEqual(first.PopReceipt, receipt);
    }

    [Fact]
    public async Task A_receipt_that_is_no_longer_valid_deletes_nothing()
    {
        var queue = await azurite.NewQueueAsync();
        await queue.SendMessageAsync("kept", cancellationToken: Cancel);
        var message = Assert.Single(await queue.ReceiveMessagesAsync(cancellationToken: Cancel));
        await queue.UpdateMessageAsync(message.MessageId, message.PopReceipt, TimeSpan.FromMinutes(1), Cancel);

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, Cancel));

        Assert.Equal((400, QueueErrorCode.PopReceiptMismatch), (refusal.Status, refusal.ErrorCode));
        Assert.Equal(1, (await queue.GetPropertiesAsync(Cancel)).ApproximateMessagesCount);
    }

    [Fact]
    public async Task A_missing_queue_has_its_code_in_every_call()
    {
        var queue = await azurite.MissingQueueAsync();

        Func<Task>[] calls =
        [
            () => queue.SendMessageAsync("x", cancellationToken: Cancel),
            () => queue.ReceiveMessagesAsync(cancellationToken: Cancel),
            () => queue.DeleteMessageAsync("id", "AB+/cA==", Cancel),
            () => queue.GetPropertiesAsync(Cancel),
        ];

        foreach (var call in calls)
        {
            var refusal = await Assert.ThrowsAsync<RequestFailedException>(call);
            Assert.Equal((404, QueueErrorCode.QueueNotFound), (refusal.Status, refusal.ErrorCode));
        }
    }

    [Fact]
    public async Task The_longest_message_is_sent_and_one_more_byte_refused_here()
    {
        var queue = await azurite.NewQueueAsync();

        await queue.SendMessageAsync(new string('x', 48 * 1024), cancellationToken: Cancel);
        await Assert.ThrowsAsync<ArgumentException>(() => queue.SendMessageAsync(new string('x', (48 * 1024) + 1), cancellationToken: Cancel));

        Assert.Equal(48 * 1024, Assert.Single(await queue.ReceiveMessagesAsync(32, cancellationToken: Cancel)).MessageText!.Length);
    }

    [Fact]
    public async Task Up_to_32_messages_are_received_at_once()
    {
        var queue = await azurite.NewQueueAsync();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => queue.SendMessageAsync($"{i}", cancellationToken: Cancel)));

        var first = await queue.ReceiveMessagesAsync(32, cancellationToken: Cancel);
        var second = await queue.ReceiveMessagesAsync(32, cancellationToken: Cancel);

        Assert.Equal((32, 8), (first.Count, second.Count));
        Assert.Equal(40, first.Concat(second).Select(message => message.MessageText).Distinct().Count());
    }
}
