namespace Prestage.Wire;

/// <summary>Every refusal and failure: RFC 9457 <c>application/problem+json</c>.</summary>
/// <param name="Type"><c>urn:prestage:problem:&lt;code&gt;</c></param>
/// <param name="Title">Short and fixed for the code.</param>
/// <param name="Status">The HTTP status again.</param>
/// <param name="Detail">A sentence for people.</param>
/// <param name="Code">One of <see cref="ProblemCodes"/>.</param>
/// <param name="TraceId">Finds the call in the backend's log.</param>
/// <param name="Field">The member or header that is wrong.</param>
/// <param name="AttemptsLeft">Tries before a lock-out.</param>
/// <param name="RetryAfterSeconds">The same as the <c>Retry-After</c> header.</param>
/// <param name="Violations">The password rules that were not met.</param>
internal sealed record ProblemBody(
    string Type, string Title, int Status, string Detail, string Code, string TraceId, string? Field = null, int? AttemptsLeft = null,
    int? RetryAfterSeconds = null, IReadOnlyList<string>? Violations = null);

/// <summary>The stable codes, shared by backend and Mac.</summary>
internal static class ProblemCodes
{
    public const string InvalidRequest = "invalid-request";
    public const string ProofMissing = "proof-missing";
    public const string ProofInvalid = "proof-invalid";
    public const string ProofStale = "proof-stale";
    public const string ProofReplayed = "proof-replayed";
    public const string TokenInvalid = "token-invalid";
    public const string DeviceNotEligible = "device-not-eligible";
    public const string NotVerified = "not-verified";
    public const string Forbidden = "forbidden";
    public const string NotFound = "not-found";
    public const string AlreadyEnrolled = "already-enrolled";
    public const string WrongState = "wrong-state";
    public const string TooLarge = "too-large";
    public const string UnsupportedMediaType = "unsupported-media-type";
    public const string PasswordRejected = "password-rejected";
    public const string Locked = "locked";
    public const string Busy = "busy";
    public const string Internal = "internal";
    public const string DirectoryUnavailable = "directory-unavailable";
    public const string Unavailable = "unavailable";
}
