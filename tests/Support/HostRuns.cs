using Xunit;

namespace Prestage.Tests.Support;

/// <summary>Runs the background functions of a backend as the Functions host does; each call returns whether the function succeeded.</summary>
internal static class HostRuns
{
    /// <summary>Delivers one message of the queue, for the given time.</summary>
    public static Task<bool> FinishAsync(this Backend backend, string text, int delivery, DateTimeOffset? insertedOn = null) =>
        backend.Host.DeliverAsync("Finish", text, delivery, insertedOn ?? backend.Clock.GetUtcNow());

    /// <summary>Delivers one message that the host has given up.</summary>
    public static Task<bool> PoisonAsync(this Backend backend, string text) =>
        backend.Host.DeliverAsync("PoisonMessage", text, 1, backend.Clock.GetUtcNow());

    /// <summary>One tick of the timer.</summary>
    public static async Task<bool> ReconcileAsync(this Backend backend) => (await backend.Host.RunByHandAsync("Reconcile", string.Empty))!.Value;

    /// <summary>The text of the next message in the queue, which is taken out of it.</summary>
    public static async Task<string?> TakeMessageAsync(this Backend backend)
    {
        var message = (await backend.Queue.ReceiveMessagesAsync(1, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)).Value.SingleOrDefault();
        if (message is not null)
        {
            await backend.Queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, TestContext.Current.CancellationToken);
        }

        return message?.MessageText;
    }
}
