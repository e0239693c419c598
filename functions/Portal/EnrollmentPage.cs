using System.Globalization;
using System.Text.Json;
using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Wire;

namespace Prestage.Functions.Portal;

/// <summary>
/// GET /api/portal/enrollments/{id}: all that is stored but the token's hash, and what happened, oldest first. Of a row that cannot be read
/// there is what can.
/// </summary>
/// <param name="Unreadable">Why the row cannot be read; null where it can.</param>
/// <param name="Events">A page of them.</param>
/// <param name="Continuation">For the events that follow; absent at the end.</param>
/// <param name="Chain">
/// Of the whole history: <c>intact</c>, <c>broken at &lt;sequence&gt;</c>, <c>unkeyed</c> or <c>unchecked</c> (docs/decisions, event chain).
/// </param>
/// <param name="ChainDetail">Why, where it is not intact.</param>
internal sealed record EnrollmentPage(
    string EnrollmentId, string? Unreadable, EnrollmentState? State, string? SystemId, string? SerialNumber, string? UserId, Account? Account,
    bool? PasswordRequired, bool? HadPassword, bool? Bound, int? Attempt, bool? AccountCreated, bool? SecureToken, IReadOnlyList<StepDuration>? Steps,
    IReadOnlyList<string>? Warnings, string? Cause, string? OsVersion, string? ShimVersion, DateTimeOffset? TokenExpiresAt, DateTimeOffset? CreatedAt,
    DateTimeOffset? UpdatedAt, DateTimeOffset? FinishingAt, IReadOnlyList<EventLine> Events, string? Continuation, string Chain,
    string? ChainDetail)
{
    public static EnrollmentPage Of(EnrollmentId id, EnrollmentHistory history) =>
        history.Enrollment is { } row ? Of(row, history) : OfUnreadable(id, history);

    private static EnrollmentPage Of(EnrollmentRow row, EnrollmentHistory history) => new(
        row.Id.ToString(), null, row.State, row.SystemId, row.SerialNumber, row.UserId, row.Account, row.PasswordRequired, row.HadPassword, row.Bound,
        row.Attempt, row.AccountCreated, row.SecureToken, StepsOf(row), row.Warnings, row.Cause, row.OsVersion, row.ShimVersion, row.TokenExpiresAt,
        row.CreatedAt, row.UpdatedAt, row.FinishingAt, [.. history.Events.Select(EventLine.Of)], NextOf(history),
        history.Chain.ToString(), history.Chain.Why);

    private static EnrollmentPage OfUnreadable(EnrollmentId id, EnrollmentHistory history)
    {
        var entity = history.Stored.Entity;
        string? Text(string name) => entity?[name] as string;
        DateTimeOffset? Time(string name) => entity?[name] as DateTimeOffset?;
        bool? Flag(string name) => entity?[name] as bool?;
        var account = Text("Username") is { } username && Text("FullName") is { } fullName && Flag("Admin") is { } admin
            ? new Account(username, fullName, admin)
            : null;
        return new(
            id.ToString(), history.Stored.Unreadable ?? "The row is missing.", null, Text("SystemId"), Text("SerialNumber"), Text("UserId"), account,
            Flag("PasswordRequired"), Flag("HadPassword"), Flag("Bound"), entity?["Attempt"] as int?, Flag("AccountCreated"), Flag("SecureToken"), null,
            Text("Warnings")?.Split(' ', StringSplitOptions.RemoveEmptyEntries), Text("Cause"), Text("OsVersion"), Text("ShimVersion"),
            Time("TokenExpiresAt"), Time("CreatedAt"), Time("UpdatedAt"), Time("FinishingAt"), [.. history.Events.Select(EventLine.Of)],
            NextOf(history), history.Chain.ToString(), history.Chain.Why);
    }

    private static string? NextOf(EnrollmentHistory history) => history.Next?.ToString(CultureInfo.InvariantCulture);

    private static IReadOnlyList<StepDuration>? StepsOf(EnrollmentRow row)
    {
        try
        {
            return row.Steps is null ? null : JsonSerializer.Deserialize(row.Steps, WireJson.Default.CompleteRequest)?.Steps;
        }
        catch (JsonException)
        {
            // Somebody has changed them: the chain says so.
            return null;
        }
    }
}

/// <summary>One thing that happened.</summary>
/// <param name="Actor"><c>mac</c>, <c>backend</c> or an operator's name.</param>
/// <param name="ActorKind">Which of the three; the name alone decides nothing.</param>
internal sealed record EventLine(DateTimeOffset At, string Actor, ActorKind ActorKind, string Level, string Code, string? Step, string? Detail)
{
    public static EventLine Of(EnrollmentEvent happened) =>
        new(happened.At, happened.Actor, happened.By, happened.Level, happened.Code, happened.Step, happened.Detail);
}
