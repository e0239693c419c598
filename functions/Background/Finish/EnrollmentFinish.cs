using Azure;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Health;
using Prestage.Functions.Hosting;
using Prestage.Functions.Identity;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Telemetry;
using Prestage.Functions.Vault;

namespace Prestage.Functions.Background.Finish;

/// <summary>What became of one delivery.</summary>
internal enum FinishOutcome
{
    /// <summary>It is of another attempt, or not the live one of its attempt, or the enrollment is not finishing (any more).</summary>
    Dropped,

    /// <summary>It was too early; a new message was put.</summary>
    Postponed,

    /// <summary>The enrollment is completed.</summary>
    Completed,

    /// <summary>The enrollment has failed.</summary>
    Failed,
}

/// <summary>
/// Brings a finishing enrollment to its end: the account is managed, the Mac is in its final group and out of the enrollment group, all
/// read back from JumpCloud. A message may come twice, late, or after a kill: each line can be repeated.
/// </summary>
internal sealed partial class EnrollmentFinish(
    EnrollmentRows enrollments, PersonStanding standing, IJumpCloud jumpCloud, FinishQueue queue, FinishTurns turns, FinishOptions options,
    GroupsOptions groups, HealthWatch health, TimeProvider clock, ILogger<EnrollmentFinish> log)
{
    /// <summary>Deliveries of one message before it is poison, as in host.json (<c>maxDequeueCount</c>).</summary>
    public const int MostDeliveries = 5;

    // A queue's visibility delay counts whole seconds; shorter waits are made inside one delivery.
    private static readonly TimeSpan[] ShortWaits = [TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(500)];
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Works on one delivery (the first is 1). Throws when it cannot be done now; at the last delivery the enrollment becomes failed instead.
    /// </summary>
    public async Task<FinishOutcome> DeliverAsync(FinishMessage message, int delivery, DateTimeOffset? insertedOn, CancellationToken cancellationToken)
    {
        if (insertedOn is { } inserted)
        {
            Measures.Waited(clock.GetUtcNow() - inserted);
        }

        var started = clock.GetTimestamp();
        var outcome = await WorkOrWaitAsync(message, delivery, cancellationToken);
        Measures.Delivered(outcome);
        var usage = CallUsage.Current;
        Log.Delivered(log, outcome, clock.GetElapsedTime(started).TotalMilliseconds, usage?.TableOperations ?? 0, usage?.DirectoryCalls ?? 0);
        return outcome;
    }

    // Tables that are away say nothing about the enrollment: its message waits for them, and does not become poison meanwhile.
    private async Task<FinishOutcome> WorkOrWaitAsync(FinishMessage message, int delivery, CancellationToken cancellationToken)
    {
        try
        {
            return await WorkAsync(message, delivery, cancellationToken);
        }
        catch (RequestFailedException exception) when (delivery >= MostDeliveries && exception.Status is 0 or 429 or >= 500)
        {
            Log.StorageAway(log, message.EnrollmentId, exception);
            health.Doubt(exception);
            await queue.SendAsync(message, LongestDelay, cancellationToken);
            return FinishOutcome.Postponed;
        }
    }

    private async Task<FinishOutcome> WorkAsync(FinishMessage message, int delivery, CancellationToken cancellationToken)
    {
        if (!EnrollmentId.TryParse(message.EnrollmentId, out var id)
            || await enrollments.FindAsync(id, cancellationToken) is not { State: EnrollmentState.Finishing } enrollment
            || enrollment.Attempt != message.Attempt)
        {
            Log.Dropped(log, message.EnrollmentId);
            return FinishOutcome.Dropped;
        }

        try
        {
            var outcome = await FinishAsync(enrollment, cancellationToken);
            return outcome == FinishOutcome.Postponed ? await PostponeAsync(enrollment, message, delivery, null, cancellationToken) : outcome;
        }
        catch (Exception exception) when (CanBeWaitedFor(exception) && !IsLate(enrollment))
        {
            Log.DirectoryBusy(log, id, exception);
            health.Doubt(exception);
            return await PostponeAsync(enrollment, message, delivery, (exception as DirectoryException)?.RetryAfter, cancellationToken);
        }
        catch (Exception exception) when (exception is DirectoryException or SecretUnavailableException && delivery >= MostDeliveries)
        {
            return await FailAsync(enrollment, await WithGroupAsync(enrollment, exception.Message, cancellationToken), exception, cancellationToken);
        }
    }

    private async Task<FinishOutcome> FailAsync(
        EnrollmentRow enrollment, string cause, Exception? reason, CancellationToken cancellationToken)
    {
        Log.Failed(log, enrollment.Id, cause, reason);
        var happened = new EnrollmentEvent(clock.GetUtcNow(), "backend", "failed", cause) { Level = "error" };
        var moved = await enrollments.MoveAsync(
            enrollment, row => row with { State = EnrollmentState.Failed, Cause = cause }, happened, cancellationToken);
        return moved.State == EnrollmentState.Failed ? FinishOutcome.Failed : FinishOutcome.Dropped;
    }

    // After a failure between the two groups, the Mac may count as enrolled in JumpCloud: the cause says so.
    private async Task<string> WithGroupAsync(EnrollmentRow enrollment, string cause, CancellationToken cancellationToken)
    {
        if (groups.PostEnrollment is not { } added)
        {
            return cause;
        }

        try
        {
            var isIn = (await jumpCloud.GetGroupsAsync(enrollment.SystemId, cancellationToken)).Contains(added);
            return isIn ? $"{cause} The Mac is in Groups__PostEnrollment." : cause;
        }
        catch (Exception exception) when (exception is DirectoryException or SecretUnavailableException)
        {
            return $"{cause} JumpCloud does not tell whether the Mac is in Groups__PostEnrollment.";
        }
    }

    private async Task<FinishOutcome> FinishAsync(EnrollmentRow enrollment, CancellationToken cancellationToken)
    {
        var isManaged = await IsManagedAsync(enrollment, cancellationToken);
        if (!isManaged)
        {
            if (!IsLate(enrollment))
            {
                return FinishOutcome.Postponed;
            }

            Log.NotManaged(log, enrollment.Id);
        }

        // The last look before the Mac counts as this person's: who was suspended meanwhile is IT's to judge, and a retry goes on.
        if ((await standing.ReadAsync(enrollment, cancellationToken)).Refusal is { } refusal)
        {
            var cause = $"The person may not enroll any more ({refusal}). Retry it when that is in order.";
            return await FailAsync(enrollment, cause, null, cancellationToken);
        }

        await SwapGroupsAsync(enrollment.SystemId, cancellationToken);
        var moved = await enrollments.MoveAsync(
            enrollment,
            row => (isManaged ? row : row.Warn("account-not-managed")) with { State = EnrollmentState.Completed },
            new(clock.GetUtcNow(), "backend", "completed"),
            cancellationToken);
        if (moved.State != EnrollmentState.Completed)
        {
            return await TellSwappedAsync(moved, cancellationToken);
        }

        Log.Completed(log, enrollment.Id);
        return FinishOutcome.Completed;
    }

    // Somebody ended the enrollment during the swap; another delivery that was faster is no news.
    private async Task<FinishOutcome> TellSwappedAsync(EnrollmentRow moved, CancellationToken cancellationToken)
    {
        if (!EnrollmentMoves.IsOpen(moved.State))
        {
            const string What = "The Mac is in Groups__PostEnrollment and not in Groups__Enrollment.";
            var happened = new EnrollmentEvent(clock.GetUtcNow(), "backend", "groups-swapped-after-end", What) { Level = "warning" };
            await enrollments.AppendAsync(moved.Id, happened, cancellationToken);
        }

        return FinishOutcome.Dropped;
    }

    private async Task<bool> IsManagedAsync(EnrollmentRow enrollment, CancellationToken cancellationToken)
    {
        for (var wait = 0; ; wait++)
        {
            var system = await jumpCloud.FindSystemAsync(enrollment.SystemId, cancellationToken)
                ?? throw new DirectoryException(DirectoryFailure.Missing, "GET /api/systems/{id}", 404);
            if (system.UserMetrics?.Any(metric => metric.Managed == true && metric.UserName == enrollment.Account.Username) == true)
            {
                return true;
            }

            if (wait == ShortWaits.Length || IsLate(enrollment))
            {
                return false;
            }

            await Task.Delay(ShortWaits[wait], clock, cancellationToken);
        }
    }

    // Added before it is removed: the Mac is never in neither group.
    private async Task SwapGroupsAsync(string systemId, CancellationToken cancellationToken)
    {
        if (groups.PostEnrollment is { } added)
        {
            await jumpCloud.AddToGroupAsync(added, systemId, cancellationToken);
            if (!(await jumpCloud.GetGroupsAsync(systemId, cancellationToken)).Contains(added))
            {
                throw new DirectoryException(DirectoryFailure.Busy, "add to Groups__PostEnrollment, read back", null);
            }
        }

        if (groups.Enrollment is { } removed && removed != groups.PostEnrollment)
        {
            // JumpCloud's 404 does not tell whether the member, the system or the group is missing: only that is read back.
            if (!await jumpCloud.RemoveFromGroupAsync(removed, systemId, cancellationToken)
                && (await jumpCloud.GetGroupsAsync(systemId, cancellationToken)).Contains(removed))
            {
                throw new DirectoryException(DirectoryFailure.Busy, "remove from Groups__Enrollment, read back", null);
            }
        }
    }

    // A busy directory recovers by itself; a key can be replaced in the vault meanwhile.
    private static bool CanBeWaitedFor(Exception failed) =>
        failed is SecretUnavailableException or DirectoryException { Failure: DirectoryFailure.Busy or DirectoryFailure.KeyRefused };

    private bool IsLate(EnrollmentRow enrollment) => clock.GetUtcNow() - enrollment.FinishingAt >= options.Deadline;

    private async Task<FinishOutcome> PostponeAsync(
        EnrollmentRow enrollment, FinishMessage message, int delivery, TimeSpan? asked, CancellationToken cancellationToken)
    {
        // The longer it has waited, the longer it waits: 1, 2, 4 … 60 s, without a count to store.
        var waited = clock.GetUtcNow() - enrollment.FinishingAt!.Value;
        var seconds = Math.Max(1, Math.Floor(Math.Max(waited.TotalSeconds / 2, asked?.TotalSeconds ?? 0)));
        var delay = TimeSpan.FromSeconds(Math.Min(seconds, LongestDelay.TotalSeconds));
        return await turns.PostponeAsync(enrollment, message, delivery, delay, cancellationToken) ? FinishOutcome.Postponed : FinishOutcome.Dropped;
    }

    private static partial class Log
    {
        [LoggerMessage(5106, LogLevel.Information,
            "Finish {Outcome} in {Milliseconds:0.0} ms: {TableOperations} table operations, {DirectoryCalls} directory calls")]
        public static partial void Delivered(ILogger log, FinishOutcome outcome, double milliseconds, int tableOperations, int directoryCalls);

        [LoggerMessage(5101, LogLevel.Information, "Finish: enrollment {EnrollmentId} completed")]
        public static partial void Completed(ILogger log, EnrollmentId enrollmentId);

        [LoggerMessage(5107, LogLevel.Error, "Finish: the tables do not answer; the message for enrollment {EnrollmentId} is put again")]
        public static partial void StorageAway(ILogger log, string enrollmentId, Exception reason);

        [LoggerMessage(5102, LogLevel.Information, "Finish: a message for {EnrollmentId} was dropped: it is of another attempt, or the enrollment is not finishing")]
        public static partial void Dropped(ILogger log, string enrollmentId);

        [LoggerMessage(5103, LogLevel.Warning, "Finish: enrollment {EnrollmentId} cannot be finished now and is tried again later")]
        public static partial void DirectoryBusy(ILogger log, EnrollmentId enrollmentId, Exception reason);

        [LoggerMessage(5104, LogLevel.Warning, "Finish: JumpCloud does not show the account of enrollment {EnrollmentId} as managed; going on without")]
        public static partial void NotManaged(ILogger log, EnrollmentId enrollmentId);

        [LoggerMessage(5105, LogLevel.Error, "Finish: enrollment {EnrollmentId} failed ({Cause}); put the cause right, then retry it")]
        public static partial void Failed(ILogger log, EnrollmentId enrollmentId, string cause, Exception? reason);
    }
}
