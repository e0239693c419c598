using Prestage.Functions.Devices;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Enrollments;

/// <summary>Lets a call in on its enrollment's token.</summary>
internal sealed class TokenGate(EnrollmentRows enrollments, CallsPerMac perMac, TimeProvider clock)
{
    /// <summary>
    /// The token's enrollment as stored now, or why the call was refused: with the end of its enrollment a token can only read that end.
    /// </summary>
    public async Task<(EnrollmentRow? Enrollment, Problem? Problem)> AuthorizeAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        var authorized = await AuthorizeEndedTooAsync(request, cancellationToken);
        return authorized.Enrollment is { } enrollment && EnrollmentMoves.HasEnded(enrollment.State)
            ? (null, EnrollmentMoves.WrongState(enrollment))
            : authorized;
    }

    /// <summary>The same for a call that reads, or that answers from the state and writes nothing where the enrollment has ended.</summary>
    public async Task<(EnrollmentRow? Enrollment, Problem? Problem)> AuthorizeEndedTooAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        if (!EnrollmentToken.TryParse(request.Headers.Authorization, out var token)
            || await enrollments.FindAsync(token.Id, cancellationToken) is not { } enrollment
            || !token.Matches(enrollment.TokenHash)
            || enrollment.TokenExpiresAt <= clock.GetUtcNow())
        {
            return (null, Problem.TokenInvalid());
        }

        return perMac.TryEnter(request.HttpContext, enrollment.SystemId) ? (enrollment, null) : (null, Problem.Busy());
    }
}
