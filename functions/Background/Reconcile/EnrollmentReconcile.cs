using System.Runtime.ExceptionServices;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Background.Finish;
using Prestage.Functions.Identity;
using Prestage.Functions.Passcodes;
using Prestage.Functions.Storage;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.Background.Reconcile;

/// <summary>What one run of the timer did.</summary>
/// <param name="Unreadable">Marks and rows that it left alone, since this version cannot read them.</param>
/// <param name="Failed">What it could not do; the run went on without.</param>
internal sealed record ReconcileSummary(
    int Expired, int Requeued, int Warned, int ProofsPurged, int AttemptsPurged, int PasscodesPurged, int EventsPurged, int Unreadable, int Failed);

/// <summary>
/// Every five minutes: re-enqueues a stalled finishing, expires what nobody continued, warns of what stays bound and unfinished, purges
/// old proofs, attempts and passcodes. Reads the open enrollments, not the history. Each enrollment and each purge is on its own: one that
/// fails keeps no other from being done.
/// </summary>
internal sealed partial class EnrollmentReconcile(
    EnrollmentRows enrollments, EnrollmentEnds ends, ProofRows proofs, AttemptRows attempts, PasscodeRows passcodes, EventPurge events,
    FinishTurns turns, EnrollmentOptions options, TimeProvider clock, ILogger<EnrollmentReconcile> log)
{
    private static readonly TimeSpan StalledAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan WarnAfter = TimeSpan.FromDays(7);
    private const string Nothing = "nothing";
    private const string Expired = "expired";
    private const string Requeued = "finish-requeued";
    private const string NotFinished = "not-finished";
    private const string Unreadable = "unreadable";

    /// <summary>One run; it can be repeated or stopped at any line. Throws the first failure, after all else was done.</summary>
    public async Task<ReconcileSummary> RunAsync(CancellationToken cancellationToken)
    {
        var done = new Dictionary<string, int>();
        var failures = new List<Exception>();
        await TryAsync("the open enrollments", LookAtAllAsync);
        var now = clock.GetUtcNow();
        var summary = new ReconcileSummary(
            done.GetValueOrDefault(Expired), done.GetValueOrDefault(Requeued), done.GetValueOrDefault(NotFinished),
            await TryAsync("the purge of proofs", () => proofs.PurgeAsync(now, cancellationToken)),
            await TryAsync("the purge of attempts", () => attempts.PurgeAsync(cancellationToken)),
            await TryAsync("the purge of passcodes", () => passcodes.PurgeAsync(now, cancellationToken)),
            await TryAsync("the purge of events", () => events.RunAsync(cancellationToken)),
            done.GetValueOrDefault(Unreadable), failures.Count);
        Measures.Ran(summary);
        Log.Ran(
            log, summary.Expired, summary.Requeued, summary.Warned, summary.ProofsPurged, summary.AttemptsPurged, summary.PasscodesPurged, summary.EventsPurged,
            summary.Unreadable, summary.Failed);
        if (failures is [var first, ..])
        {
            ExceptionDispatchInfo.Throw(first);
        }

        return summary;

        async Task<int> LookAtAllAsync()
        {
            await foreach (var mark in enrollments.ListOpenAsync(cancellationToken))
            {
                await TryAsync(mark.Key, async () =>
                {
                    var what = await LookAtAsync(mark, cancellationToken);
                    return done[what] = done.GetValueOrDefault(what) + 1;
                });
            }

            return 0;
        }

        async Task<int> TryAsync(string part, Func<Task<int>> work)
        {
            try
            {
                return await work();
            }
            catch (UnreadableRowException exception)
            {
                done[Unreadable] = done.GetValueOrDefault(Unreadable) + 1;
                Log.Failed(log, part, exception);
                return 0;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add(exception);
                Log.Failed(log, part, exception);
                return 0;
            }
        }
    }

    private async Task<string> LookAtAsync(OpenMark mark, CancellationToken cancellationToken)
    {
        if (mark.Id is not { } id)
        {
            Log.MarkUnreadable(log, mark.Key);
            return Unreadable;
        }

        // A newer version may know what to do with a row that this one cannot read: it is left as it is.
        var found = await enrollments.ReadAsync(id, cancellationToken);
        if (found.Unreadable is { } why)
        {
            Log.RowUnreadable(log, id, why);
            return Unreadable;
        }

        return found.Row is { } row ? await LookAtAsync(row, mark.DueAt, cancellationToken) : Nothing;
    }

    private async Task<string> LookAtAsync(EnrollmentRow row, DateTimeOffset? dueAt, CancellationToken cancellationToken)
    {
        if (!EnrollmentMoves.IsOpen(row.State))
        {
            await ends.WorkOffAsync(row, cancellationToken);
            return Nothing;
        }

        var now = clock.GetUtcNow();
        var age = now - row.StateAt;
        if (EnrollmentMoves.IsBeforeBinding(row.State) && age >= options.ExpireAfter)
        {
            return await MoveAsync(row, row with { State = EnrollmentState.Expired }, Expired, cancellationToken) is null ? Nothing : Expired;
        }

        // One that waits for JumpCloud has a message that is due later, or was due not long ago.
        if (row.State == EnrollmentState.Finishing && age >= StalledAfter && !(now - dueAt < StalledAfter))
        {
            // With a new number: should the earlier message still be on its way, it is dropped.
            if (await MoveAsync(row, row with { Attempt = row.Attempt + 1 }, Requeued, cancellationToken) is not { } again)
            {
                return Nothing;
            }

            await turns.BeginAsync(again, cancellationToken);
            return Requeued;
        }

        var isLate = row.Bound && row.State != EnrollmentState.Finishing && age >= WarnAfter && !row.Warnings.Contains(NotFinished);
        return isLate && await MoveAsync(row, row.Warn(NotFinished), NotFinished, cancellationToken) is not null ? NotFinished : Nothing;
    }

    private Task<EnrollmentRow?> MoveAsync(EnrollmentRow read, EnrollmentRow changed, string code, CancellationToken cancellationToken) =>
        enrollments.TryMoveAsync(read, changed, new(clock.GetUtcNow(), "backend", code), cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(5002, LogLevel.Error, "Reconcile: the row of enrollment {EnrollmentId} cannot be read and is left as it is: {Why}")]
        public static partial void RowUnreadable(ILogger log, EnrollmentId enrollmentId, string why);

        [LoggerMessage(5003, LogLevel.Error, "Reconcile: {Part} failed; the run goes on")]
        public static partial void Failed(ILogger log, string part, Exception reason);

        [LoggerMessage(5004, LogLevel.Error, "Reconcile: the mark {Key} of table Enrollments cannot be read: delete it")]
        public static partial void MarkUnreadable(ILogger log, string key);

        [LoggerMessage(5001, LogLevel.Information,
            "Reconcile: {Expired} expired, {Requeued} requeued, {Warned} warned; purged {Proofs} proofs, {Attempts} attempts, {Passcodes} "
            + "passcodes and {Events} events; {Unreadable} unreadable, {Failures} failures")]
        public static partial void Ran(
            ILogger log, int expired, int requeued, int warned, int proofs, int attempts, int passcodes, int events, int unreadable, int failures);
    }
}
