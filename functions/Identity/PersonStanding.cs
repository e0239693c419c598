using Prestage.Functions.Enrollments;
using Prestage.Functions.JumpCloud;

namespace Prestage.Functions.Identity;

/// <summary>How a person stands to an enrollment now.</summary>
/// <param name="User">As JumpCloud has the person now; null where there is none any more.</param>
/// <param name="Refusal">Why nothing more may be done for the person; null where it may. For operators.</param>
/// <param name="HasEnded">Whether the enrollment can never go on: somebody else has given the person a password or a Mac.</param>
internal sealed record Standing(SystemUser? User, string? Refusal, bool HasEnded = false);

/// <summary>
/// The one place that judges whether a person may enroll: at verify, and again before each effect, from what JumpCloud says then.
/// </summary>
internal sealed class PersonStanding(IJumpCloud jumpCloud)
{
    private const string PasswordElsewhere = "password-set-elsewhere";
    private const string BoundElsewhere = "bound-elsewhere";

    /// <summary>Why this person may not enroll, or null.</summary>
    /// <param name="passwordRequired">Whether a password would be set.</param>
    public static string? Refusal(SystemUser user, bool passwordRequired) => user switch
    {
        _ when user.Suspended == true || user.State == "SUSPENDED" => "suspended",
        _ when user.AccountLocked == true => "locked",
        _ when user.Admin is not null => "administrator",
        _ when passwordRequired && user.PasswordHeldElsewhere => "password-held-elsewhere",
        _ => null,
    };

    /// <summary>Whether this enrollment set the password that the person has, or may have, by a call whose answer was lost.</summary>
    public static bool IsOwnPassword(EnrollmentRow enrollment, SystemUser user) =>
        enrollment.PasswordsSent > 0 && IsKnownPassword(enrollment, user);

    /// <summary>
    /// Whether the enrollment may replace the password that the person has: there is none, or it is the enrollment's own, or the one that it
    /// found. A tenant that dates no password cannot tell that somebody else has set one since. What JumpCloud does not tell is not no.
    /// </summary>
    public static bool IsKnownPassword(EnrollmentRow enrollment, SystemUser user) =>
        user.Activated == false
        || ((enrollment.PasswordsSent > 0 || enrollment.HadPassword)
            && (string.IsNullOrEmpty(user.PasswordDate) || user.PasswordSetAt <= enrollment.PasswordUntil));

    /// <summary>Reads the person and judges; one call to JumpCloud.</summary>
    public async Task<Standing> ReadAsync(EnrollmentRow enrollment, CancellationToken cancellationToken) =>
        Judge(enrollment, await jumpCloud.FindUserAsync(enrollment.UserId, cancellationToken), new HashSet<string>());

    /// <summary>
    /// The same before a password is set: who was bound to another system since has a Mac elsewhere. Two calls to JumpCloud, whatever they find.
    /// </summary>
    public async Task<Standing> ReadForPasswordAsync(EnrollmentRow enrollment, CancellationToken cancellationToken)
    {
        var user = jumpCloud.FindUserAsync(enrollment.UserId, cancellationToken);
        var systems = jumpCloud.GetBoundSystemsAsync(enrollment.UserId, cancellationToken);
        await Task.WhenAll(user, systems);
        return Judge(enrollment, await user, await systems);
    }

    private static Standing Judge(EnrollmentRow enrollment, SystemUser? user, IReadOnlySet<string> systems) => user switch
    {
        null => new(null, "unknown"),
        _ when Refusal(user, enrollment.PasswordRequired) is { } refusal => new(user, refusal),
        _ when enrollment.PasswordRequired && !IsKnownPassword(enrollment, user) => new(user, PasswordElsewhere, HasEnded: true),
        _ when !enrollment.HadPassword && systems.Any(systemId => systemId != enrollment.SystemId) =>
            new(user, BoundElsewhere, HasEnded: true),
        _ => new(user, null),
    };
}
