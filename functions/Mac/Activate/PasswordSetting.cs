using Prestage.Functions.Enrollments;
using Prestage.Functions.Identity;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Mac.Activate;

/// <summary>
/// Sets a person's password for an enrollment. A mark in the enrollment's row counts the password before JumpCloud is called; then the person
/// is judged, and what became of the call settles the mark. So whatever is lost, it is known whether a password can be this enrollment's.
/// </summary>
internal sealed partial class PasswordSetting(
    EnrollmentRows enrollments, PersonEnrollments ofPerson, PersonStanding standing, IJumpCloud jumpCloud, TimeProvider clock,
    ILogger<PasswordSetting> log)
{
    // Longer than a call to JumpCloud takes with the reads before it; a process that died is not waited for beyond that.
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(1);

    // A Mac has few passwords an hour, and must not use them up while it waits for a process that died.
    private static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(15);

    private const string AfterEnd = "JumpCloud has the password that was chosen on this Mac.";

    /// <summary>200, or why JumpCloud does not have the password.</summary>
    public async Task<IResult> SetAsync(EnrollmentRow read, Secret password, CancellationToken cancellationToken)
    {
        var (before, marked, refused) = await MarkAsync(read, cancellationToken);
        if (marked is null)
        {
            return refused!;
        }

        var attempt = new PasswordAttempt();
        try
        {
            await TryAsync(before, marked, password, attempt, cancellationToken);
        }
        finally
        {
            // Whatever happened, and also when the Mac has gone away.
            marked = await SettleAsync(before, marked, attempt);
        }

        if (attempt.Problem is not null)
        {
            Log.Rejected(log, read.Id, attempt.Problem.Code);
            return attempt.Problem;
        }

        if (marked.State is not (EnrollmentState.Activated or EnrollmentState.Associating or EnrollmentState.Associated))
        {
            return EnrollmentMoves.WrongState(marked);
        }

        await ofPerson.SupersedeOthersAsync(marked, $"The person's password was set by enrollment {marked.Id}.", CancellationToken.None);
        return TypedResults.Ok(new ActivateResponse(EnrollmentState.Activated));
    }

    private async Task<(EnrollmentRow Before, EnrollmentRow? Marked, Problem? Refused)> MarkAsync(
        EnrollmentRow read, CancellationToken cancellationToken)
    {
        for (var row = read; ;)
        {
            var now = clock.GetUtcNow();
            if (!row.PasswordRequired || !EnrollmentMoves.IsBeforeBinding(row.State))
            {
                return (row, null, EnrollmentMoves.WrongState(row));
            }

            if (row.PasswordCallUntil > now)
            {
                return (row, null, Problem.Busy(BusyFor));
            }

            var until = now + LongestCall;
            var marked = row with { PasswordsSent = row.PasswordsSent + 1, PasswordUntil = until, PasswordCallUntil = until };
            if (await enrollments.TryMoveAsync(row, marked, new(now, "mac", "setting-password"), cancellationToken) is { } stored)
            {
                return (row, stored, null);
            }

            row = await enrollments.FindAsync(read.Id, cancellationToken)
                ?? throw new InvalidOperationException("An enrollment is never deleted.");
        }
    }

    private async Task TryAsync(
        EnrollmentRow before, EnrollmentRow marked, Secret password, PasswordAttempt attempt, CancellationToken cancellationToken)
    {
        if (await ofPerson.IsCallUnderWayAsync(marked, cancellationToken))
        {
            attempt.Refuse(Problem.Busy(BusyFor), "Another enrollment of this person is setting the password.");
            return;
        }

        var now = await standing.ReadForPasswordAsync(before, cancellationToken);
        if (now.Refusal is { } refusal)
        {
            attempt.Refuse(NotTaken(), refusal, now.HasEnded);
            return;
        }

        try
        {
            attempt.Ends = PasswordEnd.Unknown;
            var outcome = await jumpCloud.SetPasswordAsync(marked.UserId, password, cancellationToken);
            attempt.Judge(outcome, HasItAlready(before, now.User!, outcome), clock.GetUtcNow());
            if (attempt.Problem is null && (outcome.User ?? now.User!).IsStaged)
            {
                await jumpCloud.ActivateUserAsync(marked.UserId, cancellationToken);
            }
        }
        catch (DirectoryException exception)
            when (exception.Failure != DirectoryFailure.Busy || exception.WasHeldBack || exception.Status == StatusCodes.Status429TooManyRequests)
        {
            if (attempt.Ends == PasswordEnd.Unknown)
            {
                attempt.Refuse(null, exception.Message);
            }

            if (exception.Failure is not (DirectoryFailure.Refused or DirectoryFailure.Missing))
            {
                throw;
            }

            attempt.Problem = NotTaken();
        }
    }

    // The history has every password of the person. Only where one single password of ours can be in it, and nobody else's, it is that one.
    private static bool HasItAlready(EnrollmentRow before, SystemUser user, PasswordOutcome outcome) =>
        outcome.Violations is ["passwordHistory"] && before is { HadPassword: false, PasswordsSent: 1 }
        && user.Activated == true && PersonStanding.IsOwnPassword(before, user);

    private static Problem NotTaken() => Problem.WrongState("JumpCloud does not take a password for this person: ask your IT team.");

    private async Task<EnrollmentRow> SettleAsync(EnrollmentRow before, EnrollmentRow marked, PasswordAttempt attempt)
    {
        for (var row = marked; ;)
        {
            // Somebody else may have moved the enrollment during the call: the state stays theirs, and what became of the password is kept.
            var (now, isMoved) = (clock.GetUtcNow(), row.State != marked.State);
            var settled = attempt.Settle(before, row, now);
            settled = isMoved ? settled with { State = row.State } : settled;
            var happened = isMoved && !EnrollmentMoves.IsOpen(row.State) && attempt.Ends == PasswordEnd.Set
                ? new(now, "backend", "password-set-after-end", AfterEnd) { Level = "warning" }
                : attempt.Event(now);
            if (await enrollments.TryMoveAsync(row, settled, happened, CancellationToken.None) is { } stored)
            {
                return stored;
            }

            row = await enrollments.FindAsync(marked.Id, CancellationToken.None)
                ?? throw new InvalidOperationException("An enrollment is never deleted.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Information, "Activate: no password was set for enrollment {EnrollmentId}: {Code}")]
        public static partial void Rejected(ILogger log, EnrollmentId enrollmentId, string code);
    }
}
