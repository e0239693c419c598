using Prestage.Functions.Enrollments;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Mac.Activate;

/// <summary>What became of one password.</summary>
internal enum PasswordEnd
{
    /// <summary>JumpCloud does not have it.</summary>
    NotSet,

    /// <summary>JumpCloud was called, and whether it has the password is not known.</summary>
    Unknown,

    /// <summary>JumpCloud has it.</summary>
    Set,
}

/// <summary>One call of activate, from its mark to what settles it.</summary>
internal sealed class PasswordAttempt
{
    // A call whose answer was lost may be carried out a little later, and is dated by JumpCloud's clock.
    private static readonly TimeSpan LateBy = TimeSpan.FromSeconds(10);

    private string detail = "The call was not made.";
    private bool supersedes;
    private bool isRepeated;
    private DateTimeOffset setAt;

    /// <summary>What became of the password.</summary>
    public PasswordEnd Ends { get; set; }

    /// <summary>The Mac's answer where it is not 200.</summary>
    public Problem? Problem { get; set; }

    /// <summary>JumpCloud does not have the password; the reason is for operators.</summary>
    public void Refuse(Problem? problem, string reason, bool endsEnrollment = false) =>
        (Ends, Problem, detail, supersedes) = (PasswordEnd.NotSet, problem, reason, endsEnrollment);

    /// <summary>Takes JumpCloud's answer, which arrived now.</summary>
    public void Judge(PasswordOutcome outcome, bool hasItAlready, DateTimeOffset now)
    {
        if (outcome.Violations.Count > 0 && !hasItAlready)
        {
            Refuse(Problem.PasswordRejected(outcome.Violations), string.Join(' ', outcome.Violations));
            return;
        }

        // The answer may have the date of before, or a clock ahead of ours: the password is not dated later than both.
        var dated = outcome.User?.PasswordSetAt is { } date && date > now ? date : now;
        (Ends, isRepeated, setAt) = (PasswordEnd.Set, hasItAlready, dated);
    }

    /// <summary>The row without its mark.</summary>
    /// <param name="before">The row before the mark.</param>
    /// <param name="now">When the call ended.</param>
    public EnrollmentRow Settle(EnrollmentRow before, EnrollmentRow marked, DateTimeOffset now)
    {
        var settled = marked with { PasswordCallUntil = null };
        if (Ends == PasswordEnd.Unknown)
        {
            // By a clock of JumpCloud that is ahead, the enrollment's password of before can have a later date.
            var until = now + LateBy;
            return settled with { PasswordUntil = before.PasswordUntil > until ? before.PasswordUntil : until };
        }

        if (Ends == PasswordEnd.NotSet || isRepeated)
        {
            settled = settled with { PasswordsSent = before.PasswordsSent, PasswordUntil = before.PasswordUntil };
        }
        else
        {
            settled = settled with { PasswordUntil = setAt };
        }

        return this switch
        {
            { Ends: PasswordEnd.Set, Problem: null } => settled with { State = EnrollmentState.Activated },
            { supersedes: true } => settled with { State = EnrollmentState.Superseded },
            _ => settled,
        };
    }

    /// <summary>What is told of it.</summary>
    public EnrollmentEvent Event(DateTimeOffset now) => this switch
    {
        { Ends: PasswordEnd.Set } => new(now, "mac", "password-set"),
        { Ends: PasswordEnd.Unknown } => Warning(now, "password-unknown", "JumpCloud's answer was lost: it may have the password."),
        { supersedes: true } => Warning(now, "superseded", detail),
        { Problem.Code: ProblemCodes.PasswordRejected } => Warning(now, ProblemCodes.PasswordRejected, detail),
        _ => Warning(now, "password-not-set", detail),
    };

    private static EnrollmentEvent Warning(DateTimeOffset now, string code, string detail) =>
        new(now, "backend", code, detail) { Level = "warning" };
}
