using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Finish;
using Prestage.Functions.Identity;

namespace Prestage.Functions.Reconcile;

/// <summary>What one run of the timer did.</summary>
internal sealed record ReconcileSummary(int Expired, int Requeued, int Warned, int ProofsPurged, int AttemptsPurged);

/// <summary>
/// Every five minutes: re-enqueues a stalled finishing, expires what nobody continued, warns of what stays bound and unfinished, purges
/// old proofs and attempts. Reads the open enrollments, not the history.
/// </summary>
internal sealed partial class EnrollmentReconcile(
    EnrollmentRows enrollments, ProofRows proofs, AttemptRows attempts, FinishQueue queue, EnrollmentOptions options, TimeProvider clock,
    ILogger<EnrollmentReconcile> log)
{
    private static readonly TimeSpan StalledAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan WarnAfter = TimeSpan.FromDays(7);
    private const string NotFinished = "not-finished";

    /// <summary>One run; it can be repeated or stopped at any line.</summary>
    public async Task<ReconcileSummary> RunAsync(CancellationToken cancel)
    {
        var (expired, requeued, warned) = (0, 0, 0);
        await foreach (var id in enrollments.ListOpenAsync(cancel))
        {
            if (await enrollments.FindAsync(id, cancel) is not { } row)
            {
                continue;
            }

            var now = clock.GetUtcNow();
            if (EnrollmentMoves.IsBeforeBinding(row.State) && now - row.UpdatedAt >= options.ExpireAfter)
            {
                expired += await MoveAsync(row, row with { State = EnrollmentState.Expired }, "expired", cancel) is null ? 0 : 1;
            }
            else if (row.State == EnrollmentState.Finishing && now - row.UpdatedAt >= StalledAfter)
            {
                // With a new number: should the earlier message still be on its way, it is dropped.
                if (await MoveAsync(row, row with { Attempt = row.Attempt + 1 }, "finish-requeued", cancel) is { } again)
                {
                    await queue.SendAsync(again, TimeSpan.Zero, cancel);
                    requeued++;
                }
            }
            else if (row.Bound && row.State != EnrollmentState.Finishing && now - row.UpdatedAt >= WarnAfter && !row.Warnings.Contains(NotFinished))
            {
                warned += await MoveAsync(row, row.Warn(NotFinished), NotFinished, cancel) is null ? 0 : 1;
            }
        }

        var summary = new ReconcileSummary(
            expired, requeued, warned, await proofs.PurgeAsync(clock.GetUtcNow(), cancel), await attempts.PurgeAsync(cancel));
        Log.Ran(log, summary.Expired, summary.Requeued, summary.Warned, summary.ProofsPurged, summary.AttemptsPurged);
        return summary;
    }

    private Task<EnrollmentRow?> MoveAsync(EnrollmentRow read, EnrollmentRow changed, string code, CancellationToken cancel) =>
        enrollments.TryMoveAsync(read, changed, new(clock.GetUtcNow(), "backend", code), cancel);

    private static partial class Log
    {
        [LoggerMessage(5001, LogLevel.Information,
            "Reconcile: {Expired} expired, {Requeued} requeued, {Warned} warned; purged {Proofs} proofs and {Attempts} attempts")]
        public static partial void Ran(ILogger log, int expired, int requeued, int warned, int proofs, int attempts);
    }
}
