using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Hosting;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Activate;

/// <summary>Sets the verified person's password in JumpCloud. It may be repeated until the binding is begun.</summary>
internal static partial class ActivateEndpoint
{
    public static void MapActivate(this IEndpointRouteBuilder routes) => routes.MapPost("/api/activate", HandleAsync);

    internal static async Task<IResult> HandleAsync(
        HttpRequest request, TokenGate gate, EnrollmentRows enrollments, Refusals refusals, EventBudget budget, IJumpCloud jumpCloud, TimeProvider clock,
        ILogger<ActivateRequest> log, CancellationToken cancellationToken)
    {
        var call = await Call.ReadAsync(request, WireJson.Default.ActivateRequest, cancellationToken);
        if ((call.Problem ?? Fields.Password("password", call.Body!.Password)) is { } invalid)
        {
            return invalid;
        }

        var (read, refused) = await gate.AuthorizeAsync(request, cancellationToken);
        if (read is null)
        {
            return refused!;
        }

        if (!read.PasswordRequired || !EnrollmentMoves.IsBeforeBinding(read.State))
        {
            return EnrollmentMoves.WrongState(read);
        }

        if (!budget.TryTakePassword(read.SystemId))
        {
            return Problem.BudgetUsedUp(budget.UntilNextHour);
        }

        if (await SetPasswordAsync(read, call.Body!.Password!, jumpCloud, cancellationToken) is { } rejected)
        {
            Log.Rejected(log, read.Id);
            await refusals.OfEnrollmentAsync(read, rejected.Code, string.Join(' ', rejected.Violations ?? [rejected.Detail]));
            return rejected;
        }

        var moved = await enrollments.MoveAsync(
            read, row => row with { State = EnrollmentState.Activated }, new(clock.GetUtcNow(), "mac", "password-set"), cancellationToken);
        return moved.State is EnrollmentState.Activated or EnrollmentState.Associating or EnrollmentState.Associated
            ? TypedResults.Ok(new ActivateResponse(EnrollmentState.Activated))
            : EnrollmentMoves.WrongState(moved);
    }

    private static async Task<Problem?> SetPasswordAsync(EnrollmentRow enrollment, Secret password, IJumpCloud jumpCloud, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await jumpCloud.SetPasswordAsync(enrollment.UserId, password, cancellationToken);

            // The answer to the same password was lost before, and JumpCloud has it in the history now.
            var hasIt = !enrollment.HadPassword && outcome.Violations is ["passwordHistory"];
            if (outcome.Violations.Count > 0 && !hasIt)
            {
                return Problem.PasswordRejected(outcome.Violations);
            }

            var user = outcome.User ?? await jumpCloud.FindUserAsync(enrollment.UserId, cancellationToken);
            if (user is { IsStaged: true })
            {
                await jumpCloud.ActivateUserAsync(enrollment.UserId, cancellationToken);
            }

            return null;
        }
        catch (DirectoryException exception) when (exception.Failure is DirectoryFailure.Refused or DirectoryFailure.Missing)
        {
            return Problem.WrongState("JumpCloud does not take a password for this person: ask your IT team.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Information, "Activate: JumpCloud did not take the password of enrollment {EnrollmentId}")]
        public static partial void Rejected(ILogger log, EnrollmentId enrollmentId);
    }
}
