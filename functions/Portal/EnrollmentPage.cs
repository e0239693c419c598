using System.Text.Json;
using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Wire;

namespace Prestage.Functions.Portal;

/// <summary>GET /api/portal/enrollments/{id}: all that is stored but the token's hash, and what happened, oldest first.</summary>
/// <param name="Chain"><c>intact</c>, <c>broken at &lt;sequence&gt;</c> or <c>unkeyed</c> (docs/decisions, event chain).</param>
/// <param name="ChainDetail">Why, where it is not intact.</param>
internal sealed record EnrollmentPage(
    string EnrollmentId, EnrollmentState State, string SystemId, string SerialNumber, string UserId, Account Account, bool PasswordRequired,
    bool HadPassword, bool Bound, int Attempt, bool AccountCreated, bool SecureToken, IReadOnlyList<StepDuration>? Steps,
    IReadOnlyList<string> Warnings, string? Cause, string? OsVersion, string? ShimVersion, DateTimeOffset TokenExpiresAt, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt, DateTimeOffset? FinishingAt, IReadOnlyList<EventLine> Events, string Chain, string? ChainDetail)
{
    public static EnrollmentPage Of(EnrollmentRow row, EnrollmentHistory history) => new(
        row.Id.ToString(), row.State, row.SystemId, row.SerialNumber, row.UserId, row.Account, row.PasswordRequired, row.HadPassword, row.Bound,
        row.Attempt, row.AccountCreated, row.SecureToken, StepsOf(row), row.Warnings, row.Cause, row.OsVersion, row.ShimVersion, row.TokenExpiresAt,
        row.CreatedAt, row.UpdatedAt, row.FinishingAt, [.. history.Events.Select(EventLine.Of)], history.Chain.ToString(),
        history.Chain.Why);

    private static IReadOnlyList<StepDuration>? StepsOf(EnrollmentRow row) =>
        row.Steps is null ? null : JsonSerializer.Deserialize(row.Steps, WireJson.Default.CompleteRequest)?.Steps;
}

/// <summary>One thing that happened.</summary>
/// <param name="Actor"><c>mac</c>, <c>backend</c> or an operator's name.</param>
internal sealed record EventLine(DateTimeOffset At, string Actor, string Level, string Code, string? Step, string? Detail)
{
    public static EventLine Of(EnrollmentEvent happened) =>
        new(happened.At, happened.Actor, happened.Level, happened.Code, happened.Step, happened.Detail);
}
