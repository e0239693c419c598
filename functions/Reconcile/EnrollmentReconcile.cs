using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Finish;
using Prestage.Functions.Identity;
using Prestage.Functions.Passcodes;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.Reconcile;

/// <summary>What one run of the timer did.</summary>
internal sealed record ReconcileSummary(int Expired, int Requeued, int Warned, int ProofsPurged, int AttemptsPurged, int PasscodesPurged);

/// <summary>
/// Every five minutes: re-enqueues a stalled finishing, expires what nobody continued, warns of what stays bound and unfinished, purges
/// old proofs, attempts and passcodes. Reads the open enrollments, not the history.
/// </summary>
internal sealed partial class EnrollmentReconcile(
    EnrollmentRows enrollments, EnrollmentEnds ends, ProofRows proofs, AttemptRows attempts, PasscodeRows passcodes, FinishQueue queue,
    EnrollmentOptions options,
    TimeProvider clock, ILogger<EnrollmentReconcile> log)
{
    private static readonly TimeSpan StalledAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan WarnAfter = TimeSpan.FromDays(7);
    private const string Nothing = "nothing";
    private const string Expired = "expired";
    private const string Requeued = "finish-requeued";
    private const string NotFinished = "not-finished";

    /// <summary>One run; it can be repeated or stopped at any line.</summary>
    public async Task<ReconcileSummary> RunAsync(CancellationToken cancellationToken)
    {
        var done = new Dictionary<string, int>();
        await foreach (var id in enrollments.ListOpenAsync(cancellationToken))
        {
            try
            {
                var what = await enrollments.FindAsync(id, cancellationToken) is { } row ? await LookAtAsync(row, cancellationToken) : Nothing;
                done[what] = done.GetValueOrDefault(what) + 1;
            }
            catch (FormatException exception)
            {
                // One row that cannot be read must not keep all others from going on.
                Log.Unreadable(log, id, exception);
            }
        }

        var summary = new ReconcileSummary(
            done.GetValueOrDefault(Expired), done.GetValueOrDefault(Requeued), done.GetValueOrDefault(NotFinished),
            await proofs.PurgeAsync(clock.GetUtcNow(), cancellationToken), await attempts.PurgeAsync(cancellationToken),
            await passcodes.PurgeAsync(clock.GetUtcNow(), cancellationToken));
        Measures.Ran(summary);
        Log.Ran(log, summary.Expired, summary.Requeued, summary.Warned, summary.ProofsPurged, summary.AttemptsPurged, summary.PasscodesPurged);
        return summary;
    }

    private async Task<string> LookAtAsync(EnrollmentRow row, CancellationToken cancellationToken)
    {
        if (!EnrollmentMoves.IsOpen(row.State))
        {
            await ends.WorkOffAsync(row, cancellationToken);
            return Nothing;
        }

        var age = clock.GetUtcNow() - row.StateAt;
        if (EnrollmentMoves.IsBeforeBinding(row.State) && age >= options.ExpireAfter)
        {
            return await MoveAsync(row, row with { State = EnrollmentState.Expired }, Expired, cancellationToken) is null ? Nothing : Expired;
        }

        if (row.State == EnrollmentState.Finishing && age >= StalledAfter)
        {
            // With a new number: should the earlier message still be on its way, it is dropped.
            if (await MoveAsync(row, row with { Attempt = row.Attempt + 1 }, Requeued, cancellationToken) is not { } again)
            {
                return Nothing;
            }

            await queue.SendAsync(again, TimeSpan.Zero, cancellationToken);
            return Requeued;
        }

        var isLate = row.Bound && row.State != EnrollmentState.Finishing && age >= WarnAfter && !row.Warnings.Contains(NotFinished);
        return isLate && await MoveAsync(row, row.Warn(NotFinished), NotFinished, cancellationToken) is not null ? NotFinished : Nothing;
    }

    private Task<EnrollmentRow?> MoveAsync(EnrollmentRow read, EnrollmentRow changed, string code, CancellationToken cancellationToken) =>
        enrollments.TryMoveAsync(read, changed, new(clock.GetUtcNow(), "backend", code), cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(5002, LogLevel.Error, "Reconcile: the row of enrollment {EnrollmentId} cannot be read")]
        public static partial void Unreadable(ILogger log, EnrollmentId enrollmentId, Exception reason);

        [LoggerMessage(5001, LogLevel.Information,
            "Reconcile: {Expired} expired, {Requeued} requeued, {Warned} warned; purged {Proofs} proofs, {Attempts} attempts and {Passcodes} passcodes")]
        public static partial void Ran(ILogger log, int expired, int requeued, int warned, int proofs, int attempts, int passcodes);
    }
}
