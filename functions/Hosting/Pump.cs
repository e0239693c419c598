using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Prestage.Functions.Finish;
using Prestage.Functions.PoisonMessage;
using Prestage.Functions.Reconcile;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.Hosting;

/// <summary>
/// Plays the Functions host's queue and timer triggers where there is no host above: deliveries, redelivery after 30 s, poison queue after
/// five (host.json), and the timer every five minutes. As there, a message of the poison queue is given up never: it comes again when its lock
/// ends (azure-sdk-for-net, QueueProcessor).
/// </summary>
internal sealed partial class Pump(
    QueueClient queue, QueueClient poison, EnrollmentFinish finish, EnrollmentPoison poisoned, EnrollmentReconcile reconcile, FinishSignal signal,
    StorageReady storage, TimeProvider clock, ILogger<Pump> log) : BackgroundService
{
    private static readonly TimeSpan Redelivery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PoisonLock = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan IdleWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TimerPeriod = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await storage.WaitAsync(stoppingToken);
        await Task.WhenAll(
            PumpQueueAsync(queue, Redelivery, DeliverAsync, () => signal.WaitAsync(IdleWait, stoppingToken), stoppingToken),
            PumpQueueAsync(poison, PoisonLock, DeliverPoisonAsync, () => Task.Delay(IdleWait, clock, stoppingToken), stoppingToken),
            PumpTimerAsync(stoppingToken));
    }

    private async Task PumpQueueAsync(
        QueueClient from, TimeSpan hidden, Func<QueueMessage, CancellationToken, Task> deliver, Func<Task> idle, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var messages = (await from.ReceiveMessagesAsync(16, hidden, cancellationToken)).Value;
                await Task.WhenAll(messages.Select(message => deliver(message, cancellationToken)));
                if (messages.Length == 0)
                {
                    await idle();
                }
            }
            // As under a host: whatever fails, the next round comes.
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Log.QueueFailed(log, from.Name, exception);
                await Task.Delay(IdleWait, clock, cancellationToken);
            }
        }
    }

    private async Task DeliverAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        CallUsage.Begin();
        using var span = Traces.Begin($"process {queue.Name}", ActivityKind.Consumer);
        try
        {
            var body = FinishMessage.Read(TextOf(message))
                ?? throw new JsonException("The queue message is none of ours.");
            await finish.DeliverAsync(body, (int)message.DequeueCount, message.InsertedOn, cancellationToken);
            await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // As the host does: whatever failed, the message comes again, and after the last delivery it is poison.
            Log.DeliveryFailed(log, message.DequeueCount, exception);
            span?.SetStatus(ActivityStatusCode.Error);
            if (message.DequeueCount >= EnrollmentFinish.MostDeliveries)
            {
                await poison.SendMessageAsync(message.MessageText, null, TimeSpan.FromSeconds(-1), cancellationToken);
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellationToken);
            }
        }
    }

    private async Task DeliverPoisonAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        CallUsage.Begin();
        using var span = Traces.Begin($"process {poison.Name}", ActivityKind.Consumer);
        try
        {
            await poisoned.TakeAsync(TextOf(message), cancellationToken);
            await poison.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.PoisonFailed(log, message.DequeueCount, exception);
            span?.SetStatus(ActivityStatusCode.Error);
        }
    }

    // These clients do not decode, so that one foreign message spoils no others, and so that a poison message keeps its text.
    private static string TextOf(QueueMessage message)
    {
        var bytes = new byte[message.MessageText.Length];
        return Convert.TryFromBase64String(message.MessageText, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : string.Empty;
    }

    private async Task PumpTimerAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimerPeriod, clock);
        do
        {
            using var span = Traces.Begin("Reconcile");
            try
            {
                await reconcile.RunAsync(cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                span?.SetStatus(ActivityStatusCode.Error);
                Log.TimerFailed(log, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private static partial class Log
    {
        [LoggerMessage(9102, LogLevel.Error, "Finish: delivery {Delivery} failed")]
        public static partial void DeliveryFailed(ILogger log, long delivery, Exception reason);

        [LoggerMessage(9103, LogLevel.Error, "The queue {Queue} cannot be read; trying again")]
        public static partial void QueueFailed(ILogger log, string queue, Exception reason);

        [LoggerMessage(9104, LogLevel.Error, "Reconcile: did not come to its end; the next run is in five minutes")]
        public static partial void TimerFailed(ILogger log, Exception reason);

        [LoggerMessage(9105, LogLevel.Error, "PoisonMessage: delivery {Delivery} failed; the message comes again in ten minutes")]
        public static partial void PoisonFailed(ILogger log, long delivery, Exception reason);
    }
}
