using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Prestage.Functions.Telemetry;
using Prestage.Wire;

namespace Prestage.Functions.Problems;

/// <summary>A refusal or failure as an answer: RFC 9457 problem+json. Made only by <see cref="Problem"/>'s own factory methods.</summary>
internal sealed record Problem : IResult
{
    private const string Bearer = "Bearer";

    private Problem(string code, int status, string title, string detail) =>
        (Code, Status, Title, Detail) = (code, status, title, detail);

    /// <summary>One of <see cref="ProblemCodes"/>.</summary>
    public string Code { get; }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>A sentence for people.</summary>
    public string Detail { get; }

    /// <summary>The password rules that were not met, JumpCloud's codes; null where it is not about a password.</summary>
    public IReadOnlyList<string>? Violations { get; private init; }

    private string Title { get; }

    private string? Field { get; init; }

    private int? AttemptsLeft { get; init; }

    private int? RetryAfterSeconds { get; init; }

    /// <summary>What a 401 asks for in <c>WWW-Authenticate</c> (RFC 9110 §11.6.1).</summary>
    private string? Challenge { get; init; }

    /// <summary>400: <paramref name="field"/> is wrong; <paramref name="right"/> says what is right.</summary>
    public static Problem InvalidRequest(string field, string right) =>
        new(ProblemCodes.InvalidRequest, 400, "The request is not valid", $"{field}: {right}") { Field = field };

    /// <summary>413</summary>
    public static Problem TooLarge(int limitBytes) =>
        new(ProblemCodes.TooLarge, 413, "The request is too large", $"The body must not exceed {limitBytes} bytes.") { Field = "body" };

    /// <summary>415</summary>
    public static Problem UnsupportedMediaType() =>
        new(ProblemCodes.UnsupportedMediaType, 415, "The media type is not supported", "Content-Type must be application/json.")
        {
            Field = "Content-Type",
        };

    /// <summary>401: no device proof, or not of the right shape.</summary>
    public static Problem ProofMissing() =>
        new(ProblemCodes.ProofMissing, 401, "A device proof is needed",
            $"Authorization must be {DeviceProof.Scheme} keyId=\"system/<id>\",date=\"<RFC 1123>\",signature=\"<base64>\".")
        {
            Field = "Authorization",
            Challenge = DeviceProof.Scheme,
        };

    /// <summary>401: JumpCloud does not recognise the signature.</summary>
    public static Problem ProofInvalid() =>
        new(ProblemCodes.ProofInvalid, 401, "The device proof is not valid", "JumpCloud does not recognise this Mac's signature over this call.")
        {
            Challenge = DeviceProof.Scheme,
        };

    /// <summary>401: no device key and record (<c>Device:Trust=record</c>), or not of the right shape.</summary>
    public static Problem RecordMissing() =>
        new(ProblemCodes.ProofMissing, 401, "A device proof is needed",
            $"Authorization must be {RecordClaim.Scheme} keyId=\"system/<id>\", with the organization's device key in the header {RecordClaim.KeyHeader}.")
        {
            Field = "Authorization",
            Challenge = RecordClaim.Scheme,
        };

    /// <summary>401: not one of the device keys, or no such record.</summary>
    public static Problem RecordInvalid() =>
        new(ProblemCodes.ProofInvalid, 401, "The device proof is not valid", "The device key is not the organization's, or JumpCloud has no record of this Mac.")
        {
            Challenge = RecordClaim.Scheme,
        };

    /// <summary>401: signed too long ago, or in the future.</summary>
    public static Problem ProofStale() =>
        new(ProblemCodes.ProofStale, 401, "The device proof is stale",
            "The signed date is more than 5 minutes from this service's clock: sign again with the time of this answer's Date header.")
        {
            Challenge = DeviceProof.Scheme,
        };

    /// <summary>401: used before.</summary>
    public static Problem ProofReplayed() =>
        new(ProblemCodes.ProofReplayed, 401, "The device proof was used before", "Sign every call anew, with a new nonce.")
        {
            Challenge = DeviceProof.Scheme,
        };

    /// <summary>401</summary>
    public static Problem TokenInvalid() =>
        new(ProblemCodes.TokenInvalid, 401, "The enrollment token is not valid",
            "The token is missing, expired or replaced by a newer one: get a new one with POST /api/token, or by verifying again.")
        {
            Challenge = Bearer,
        };

    /// <summary>401: no operator has signed in, or none can (<c>Portal:Auth</c>).</summary>
    public static Problem OperatorUnknown() =>
        new(ProblemCodes.TokenInvalid, 401, "Operators only", "Sign in as an operator of this service.") { Challenge = Bearer };

    /// <summary>403: who calls is known and may not do this; <paramref name="why"/> says what is missing.</summary>
    public static Problem Forbidden(string why) => new(ProblemCodes.Forbidden, 403, "Not allowed", why);

    /// <summary>403: the Mac may not enroll; <paramref name="why"/> is for IT.</summary>
    public static Problem DeviceNotEligible(string why) =>
        new(ProblemCodes.DeviceNotEligible, 403, "This Mac may not enroll", why);

    /// <summary>403: JumpCloud knows the Mac, and it is not one of ours.</summary>
    public static Problem AnotherOrganization() => DeviceNotEligible("This Mac is not a Mac of this organization.");

    /// <summary>403: the one refusal of a person, whatever the reason.</summary>
    public static Problem NotVerified(int attemptsLeft) =>
        new(ProblemCodes.NotVerified, 403, "We could not verify you",
            "What was entered does not match a person who may enroll this Mac. Check it and try again, or ask your IT team.")
        {
            AttemptsLeft = attemptsLeft,
        };

    /// <summary>404</summary>
    public static Problem NotFound(string detail) => new(ProblemCodes.NotFound, 404, "Not found", detail);

    /// <summary>409: this Mac belongs to somebody.</summary>
    public static Problem AlreadyEnrolled() =>
        new(ProblemCodes.AlreadyEnrolled, 409, "This Mac is enrolled already", "Your IT team can release this Mac for a new enrollment.");

    /// <summary>409</summary>
    public static Problem WrongState(string detail) => new(ProblemCodes.WrongState, 409, "Not possible now", detail);

    /// <summary>422: the password does not meet the rules named by <paramref name="violations"/> (JumpCloud's own codes).</summary>
    public static Problem PasswordRejected(IReadOnlyList<string> violations) =>
        new(ProblemCodes.PasswordRejected, 422, "The password was not accepted", "Choose a password that meets your organization's rules.")
        {
            Field = "password",
            Violations = violations,
        };

    /// <summary>429: too many failed tries.</summary>
    public static Problem Locked(TimeSpan retryAfter) =>
        new(ProblemCodes.Locked, 429, "Too many failed tries", "Wait, or ask your IT team to release the lock.")
        {
            RetryAfterSeconds = Seconds(retryAfter),
        };

    /// <summary>429: another call of the same kind is under way.</summary>
    public static Problem Busy() => Busy(TimeSpan.FromSeconds(1));

    /// <summary>The same where what is under way may take longer.</summary>
    public static Problem Busy(TimeSpan retryAfter) =>
        new(ProblemCodes.Busy, 429, "Busy with this Mac", "Another call is under way: try again in a moment.")
        {
            RetryAfterSeconds = Seconds(retryAfter),
        };

    /// <summary>429: the Mac has had all that it may have in this hour.</summary>
    public static Problem BudgetUsedUp(TimeSpan retryAfter) =>
        new(ProblemCodes.Busy, 429, "Too many calls of this Mac",
            "This Mac has made more such calls than it may make in an hour: wait, or ask your IT team.")
        {
            RetryAfterSeconds = Seconds(retryAfter),
        };

    /// <summary>500: our fault; the reason is in the log under the trace id.</summary>
    public static Problem Internal() =>
        new(ProblemCodes.Internal, 500, "Something went wrong", "The service failed; your IT team finds the reason under the trace id.");

    /// <summary>503: JumpCloud does not answer, or not as it should.</summary>
    public static Problem DirectoryUnavailable(TimeSpan retryAfter) =>
        new(ProblemCodes.DirectoryUnavailable, 503, "The directory is not available", "JumpCloud cannot be used right now: try again.")
        {
            RetryAfterSeconds = Seconds(retryAfter),
        };

    /// <summary>503: the service itself is not ready or has too much to do.</summary>
    public static Problem Unavailable(TimeSpan retryAfter) =>
        new(ProblemCodes.Unavailable, 503, "The service is not available", "The service cannot answer right now: try again.")
        {
            RetryAfterSeconds = Seconds(retryAfter),
        };

    /// <summary>503: a row that the call needs cannot be read by this version; what is unreadable is for operators.</summary>
    public static Problem RowUnreadable() =>
        new(ProblemCodes.Unavailable, 503, "The service is not available",
            "The service cannot read what it has stored for this call: try again later. Your IT team finds the reason in the portal.")
        {
            RetryAfterSeconds = 30,
        };

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        Measures.Refused(Code, Traces.RouteOf(httpContext));
        var response = httpContext.Response;
        response.StatusCode = Status;
        if (RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (Challenge is not null)
        {
            response.Headers.WWWAuthenticate = Challenge;
        }

        response.Headers[HeaderNames.CacheControl] = "no-store";
        var body = new ProblemBody(
            $"urn:prestage:problem:{Code}", Title, Status, Detail, Code, TraceIdOf(httpContext), Field, AttemptsLeft, RetryAfterSeconds, Violations);
        return response.WriteAsJsonAsync(body, WireJson.Default.ProblemBody, "application/problem+json", httpContext.RequestAborted);
    }

    /// <summary>What finds the call in the log.</summary>
    public static string TraceIdOf(HttpContext call) =>
        (Activity.Current ?? call.Features.Get<IHttpActivityFeature>()?.Activity)?.TraceId.ToHexString() ?? call.TraceIdentifier;

    private static int Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));
}
