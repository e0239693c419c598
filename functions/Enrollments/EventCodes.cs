namespace Prestage.Functions.Enrollments;

/// <summary>
/// The codes of what the service and operators do. No Mac may report one, so that nobody takes its word for our deed. A Mac does report
/// the refusals that it was answered.
/// </summary>
internal static class EventCodes
{
    /// <summary>The codes.</summary>
    public static IReadOnlySet<string> OfService { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "awaiting-approval", "verified", "verified-again", "superseded", "token-renewed", "setting-password",
        "password-set", "password-unknown", "password-not-set", "password-set-after-end", "person-refused", "bound-after-end",
        "groups-swapped-after-end", "verified-elsewhere", "associating", "associated",
        "finishing", "completed", "failed", "poison-message", "expired", "finish-requeued", "not-finished", "released", "cancelled",
        "retried", "approved", "denied", "attempts-released", "passcode-created", "passcode-revoked", "locked-out", "binding-refused", EnrollmentEvent.Unreadable,
    };
}
