using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>
/// A queue trigger: messages are held for ten minutes, renewed at half, deleted after success, shown again after a failure, and copied to the
/// poison queue after the last (azure-webjobs-sdk, QueueListener and QueueProcessor; LEARN "Azure Queue storage trigger"). A poison queue has
/// none of its own: what fails there stays hidden until its lock ends, and comes again for ever.
/// </summary>
internal sealed class QueueListener(QueueFunction function, QueueListening listening, QueueServiceClient service, TriggerCalls calls, HostLog log)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private readonly QueueClient queue = service.GetQueueClient(function.Queue);
    private readonly QueueClient? poison = function.Queue.EndsWith("-poison", StringComparison.Ordinal) ? null : service.GetQueueClient($"{function.Queue}-poison");

    /// <summary>Listens until it is cancelled; what then runs is left to itself, as when an instance dies.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        var running = new List<Task>();
        for (var empty = 0; !cancellationToken.IsCancellationRequested;)
        {
            running.RemoveAll(task => task.IsCompleted);
            if (running.Count > listening.NewBatchThreshold)
            {
                await Task.WhenAny(running);
                continue;
            }

            var messages = await ReceiveAsync(cancellationToken);
            running.AddRange(messages.Select(message => WorkAsync(message, cancellationToken)));
            empty = messages.Length > 0 ? 0 : Math.Min(empty + 1, 16);
            if (empty > 0)
            {
                await Task.Delay(Pause(empty), cancellationToken);
            }
        }
    }

    private async Task<QueueMessage[]> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await queue.ReceiveMessagesAsync(listening.BatchSize, listening.MessageLock, cancellationToken);
        }
        catch (RequestFailedException exception)
        {
            if (exception.ErrorCode != "QueueNotFound")
            {
                log.Error($"{function.Queue}: {exception.Message}");
            }

            return [];
        }
    }

    private async Task WorkAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var text = TextOf(message);
            if (poison is not null && (text is null || message.DequeueCount > listening.MaxDequeueCount))
            {
                await PoisonAsync(poison, message, message.PopReceipt, cancellationToken);
                return;
            }

            using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var renewing = RenewAsync(message, done.Token);
            var succeeded = await calls.InvokeAsync(function.Name, Envelope.Queue(function, message, text ?? message.MessageText, TimeProvider.System.GetUtcNow()), cancellationToken);
            await done.CancelAsync();
            await EndAsync(message, await renewing, succeeded, cancellationToken);
        }
        catch (RequestFailedException exception)
        {
            // The message comes again when its lock ends.
            log.Error($"{function.Queue}: {exception.Message}");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The instance is gone.
        }
    }

    private async Task EndAsync(QueueMessage message, string receipt, bool succeeded, CancellationToken cancellationToken)
    {
        if (succeeded)
        {
            await queue.DeleteMessageAsync(message.MessageId, receipt, cancellationToken);
        }
        else if (poison is null)
        {
            log.Error($"Message {message.MessageId} of {function.Queue} stays hidden until its lock ends.");
        }
        else if (message.DequeueCount >= listening.MaxDequeueCount)
        {
            await PoisonAsync(poison, message, receipt, cancellationToken);
        }
        else
        {
            await queue.UpdateMessageAsync(message.MessageId, receipt, visibilityTimeout: listening.VisibilityTimeout, cancellationToken: cancellationToken);
        }
    }

    // The body as it is: a poison message keeps its text.
    private async Task PoisonAsync(QueueClient target, QueueMessage message, string receipt, CancellationToken cancellationToken)
    {
        log.Error($"Message {message.MessageId} of {function.Queue} has reached MaxDequeueCount of {listening.MaxDequeueCount}. Moving it to {target.Name}.");
        await target.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await target.SendMessageAsync(message.MessageText, null, TimeSpan.FromSeconds(-1), cancellationToken);
        await queue.DeleteMessageAsync(message.MessageId, receipt, cancellationToken);
    }

    private async Task<string> RenewAsync(QueueMessage message, CancellationToken done)
    {
        var receipt = message.PopReceipt;
        try
        {
            while (true)
            {
                await Task.Delay(listening.MessageLock / 2, done);
                receipt = (await queue.UpdateMessageAsync(message.MessageId, receipt, visibilityTimeout: listening.MessageLock, cancellationToken: CancellationToken.None)).Value.PopReceipt;
            }
        }
        catch (OperationCanceledException)
        {
            return receipt;
        }
    }

    // The client does not decode, as the host's does not: a message that is not base64 of UTF-8 has no text.
    private static string? TextOf(QueueMessage message)
    {
        try
        {
            return Utf8.GetString(Convert.FromBase64String(message.MessageText));
        }
        catch (Exception exception) when (exception is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }

    // RandomizedExponentialBackoffStrategy: doubling from 100 ms, each a fifth more or less.
    private TimeSpan Pause(int empty)
    {
        var pause = ShortestPause * Math.Pow(2, empty - 1) * (RandomNumberGenerator.GetInt32(80, 121) / 100.0);
        return pause < listening.MaxPollingInterval ? pause : listening.MaxPollingInterval;
    }
}
