using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Prestage.Simulators.FunctionsHost.Triggers;

/// <summary>
/// A queue trigger: messages are taken for ten minutes, renewed at half, deleted after success, shown again after a failure, and copied to
/// the poison queue after the last (azure-webjobs-sdk, QueueListener and QueueProcessor; LEARN "Azure Queue storage trigger"). A poison
/// queue has none of its own: what fails there stays hidden until its lock ends, and comes again without end.
/// </summary>
internal sealed class QueueTriggerListener(
    QueueTrigger trigger, QueueOptions options, QueueServiceClient service, FunctionInvoker invoker, HostLog log)
{
    private const string ProcessorCategory = "Microsoft.Azure.WebJobs.Host.Queues.QueueProcessor";
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly QueueClient queue = service.GetQueueClient(trigger.Queue);

    private readonly QueueClient? poison =
        trigger.Queue.EndsWith("-poison", StringComparison.Ordinal) ? null : service.GetQueueClient($"{trigger.Queue}-poison");

    /// <summary>
    /// Listens until <paramref name="stopping"/>, then waits for what runs; <paramref name="killed"/> leaves it to itself, as when an
    /// instance dies.
    /// </summary>
    public async Task ListenAsync(CancellationToken stopping, CancellationToken killed)
    {
        var running = new List<Task>();
        try
        {
            for (var empty = 0; !stopping.IsCancellationRequested;)
            {
                running.RemoveAll(task => task.IsCompleted);
                if (running.Count > options.NewBatchThreshold)
                {
                    await Task.WhenAny(running).WaitAsync(stopping);
                    continue;
                }

                var messages = await ReceiveAsync(stopping);
                running.AddRange(messages.Select(message => WorkAsync(message, killed)));
                empty = messages.Count > 0 ? 0 : Math.Min(empty + 1, 16);
                if (empty > 0)
                {
                    await Task.Delay(Pause(empty), stopping);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // No message is taken any more.
        }

        await Task.WhenAll(running);
    }

    private async Task<IReadOnlyList<QueueMessage>> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await queue.ReceiveMessagesAsync(options.BatchSize, options.MessageLock, cancellationToken)).Value;
        }
        catch (RequestFailedException exception)
        {
            if (exception.ErrorCode != QueueErrorCode.QueueNotFound)
            {
                log.Error($"{trigger.Queue}: {exception.Message}");
            }

            return [];
        }
    }

    private async Task WorkAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        try
        {
            // Without an invocation: one that nobody can decode, and one whose last delivery never ended.
            var text = Decoded(message.MessageText);
            if (poison is not null && (text is null || message.DequeueCount > options.MaxDequeueCount))
            {
                await PoisonAsync(poison, message, message.PopReceipt, cancellationToken);
                return;
            }

            using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var renewing = RenewAsync(message, done.Token);
            var request = TriggerData.Queue(trigger, message, text ?? message.MessageText);
            var succeeded = await invoker.InvokeAsync(
                trigger, request, $"New queue message detected on '{trigger.Queue}'.", cancellationToken: cancellationToken);
            await done.CancelAsync();
            await EndAsync(message, await renewing, succeeded, cancellationToken);
        }
        catch (RequestFailedException exception)
        {
            // The message comes again when its lock ends.
            log.Error($"{trigger.Queue}: {exception.Message}");
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
            log.Error($"Message {message.MessageId} of {trigger.Queue} stays hidden until its lock ends.");
        }
        else if (message.DequeueCount >= options.MaxDequeueCount)
        {
            await PoisonAsync(poison, message, receipt, cancellationToken);
        }
        else
        {
            await queue.UpdateMessageAsync(message.MessageId, receipt, message.MessageText, options.VisibilityTimeout, cancellationToken);
        }
    }

    // The body as it is: a poison message keeps its text.
    private async Task PoisonAsync(QueueClient target, QueueMessage message, string receipt, CancellationToken cancellationToken)
    {
        var moved = $"Message has reached MaxDequeueCount of {options.MaxDequeueCount}. Moving message to queue '{target.Name}'.";
        log.Write("Warning", ProcessorCategory, moved);
        await target.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        await target.SendMessageAsync(message.MessageText, cancellationToken);
        await queue.DeleteMessageAsync(message.MessageId, receipt, cancellationToken);
    }

    private async Task<string> RenewAsync(QueueMessage message, CancellationToken done)
    {
        var receipt = message.PopReceipt;
        try
        {
            while (true)
            {
                await Task.Delay(options.MessageLock / 2, done);
                var renewed = await queue.UpdateMessageAsync(
                    message.MessageId, receipt, message.MessageText, options.MessageLock, CancellationToken.None);
                receipt = renewed.Value.PopReceipt;
            }
        }
        catch (OperationCanceledException)
        {
            return receipt;
        }
        catch (RequestFailedException exception)
        {
            // Whoever has the message now ends it.
            log.Error($"{trigger.Queue}: {exception.Message}");
            return receipt;
        }
    }

    private static string? Decoded(string body)
    {
        try
        {
            return Utf8.GetString(Convert.FromBase64String(body));
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
        return pause < options.MaxPollingInterval ? pause : options.MaxPollingInterval;
    }
}
