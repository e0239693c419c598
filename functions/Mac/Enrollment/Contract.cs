namespace Prestage.Wire;

/// <summary>GET /api/enrollment: where this Mac's enrollment stands.</summary>
/// <param name="Warnings">Codes of what the operator should look at, such as <c>password-expired</c>.</param>
internal sealed record EnrollmentResponse(
    string EnrollmentId, EnrollmentState State, NextStep Next, Account Account, IReadOnlyList<string> Warnings, DateTimeOffset UpdatedAt);
