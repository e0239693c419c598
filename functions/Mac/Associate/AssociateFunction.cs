using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Hosting;
using Prestage.Functions.Identity;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Mac.Associate;

/// <summary>Binds the person to the Mac, and answers when the binding was read back.</summary>
internal sealed partial class AssociateFunction(
    TokenGate gate, DeviceEligibility devices, PersonStanding standing, EnrollmentRows enrollments, PersonEnrollments ofPerson,
    Refusals refusals, AccountOptions account, IJumpCloud jumpCloud, TimeProvider clock, ILogger<AssociateFunction> log)
{
    [Function("Associate")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/associate")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var call = await Call.ReadAsync(request, WireJson.Default.AssociateRequest, cancellationToken);
        if (call.Problem is { } invalid)
        {
            return invalid;
        }

        var (read, refused) = await gate.AuthorizeEndedTooAsync(request, cancellationToken);
        if (read is null)
        {
            return refused!;
        }

        if (IsReady(read) && await devices.CheckBindingAsync(read, cancellationToken) is { } taken)
        {
            await refusals.OfEnrollmentAsync(read, taken.Code, taken.Detail);
            return taken;
        }

        // Also where the binding was begun before: who was suspended since gets no Mac.
        var now = IsReady(read) || read.State == EnrollmentState.Associating
            ? await standing.ReadAsync(read, cancellationToken)
            : new(null, null);
        if (now.Refusal is { } refusal)
        {
            return await RefuseAsync(read, refusal, now.HasEnded, cancellationToken);
        }

        var begun = IsReady(read) ? await BeginAsync(read, account.IsAdmin(now.User!), cancellationToken) : read;
        if (begun.State != EnrollmentState.Associating)
        {
            return begun is { Bound: true } && begun.State is EnrollmentState.Associated or EnrollmentState.Finishing or EnrollmentState.Completed
                ? Answer(begun)
                : EnrollmentMoves.WrongState(begun);
        }

        try
        {
            if (!await BindAsync(begun, cancellationToken) || !await ActivateAsync(now.User!, cancellationToken))
            {
                Log.NotYetThere(log, begun.Id);
                return Problem.DirectoryUnavailable(TimeSpan.FromSeconds(1));
            }
        }
        catch (DirectoryException exception) when (exception.Failure is DirectoryFailure.Missing or DirectoryFailure.Refused)
        {
            Log.Refused(log, begun.Id, exception);
            await refusals.OfEnrollmentAsync(begun, "binding-refused", exception.Message);
            return Problem.DeviceNotEligible("JumpCloud does not bind this person to this Mac: ask your IT team.");
        }

        var moved = await enrollments.MoveAsync(
            begun, row => row with { State = EnrollmentState.Associated }, new(clock.GetUtcNow(), "mac", "associated"), cancellationToken);
        if (moved.State is EnrollmentState.Associated or EnrollmentState.Finishing or EnrollmentState.Completed)
        {
            await ofPerson.SupersedeOthersAsync(moved, $"The person was bound to a Mac by enrollment {moved.Id}.", CancellationToken.None);
            return Answer(moved);
        }

        // Somebody ended the enrollment while JumpCloud was bound: what was done is told, so that it can be undone.
        await enrollments.AppendAsync(
            moved.Id,
            new(clock.GetUtcNow(), "backend", "bound-after-end", "JumpCloud has the person bound to this Mac.") { Level = "warning" },
            CancellationToken.None);
        return EnrollmentMoves.WrongState(moved);
    }

    private async Task<Problem> RefuseAsync(EnrollmentRow read, string refusal, bool hasEnded, CancellationToken cancellationToken)
    {
        if (!hasEnded || !EnrollmentMoves.IsBeforeBinding(read.State))
        {
            await refusals.OfEnrollmentAsync(read, "person-refused", refusal);
            return Problem.DeviceNotEligible("JumpCloud does not bind this person to this Mac: ask your IT team.");
        }

        var happened = new EnrollmentEvent(clock.GetUtcNow(), "backend", "superseded", refusal) { Level = "warning" };
        var moved = await enrollments.MoveAsync(
            read, row => row with { State = EnrollmentState.Superseded }, happened, cancellationToken);
        return EnrollmentMoves.WrongState(moved);
    }

    private static bool IsReady(EnrollmentRow read) =>
        read.State == EnrollmentState.Activated || (read.State == EnrollmentState.Verified && !read.PasswordRequired);

    // Written before the binding: from here nobody else gets this Mac. Rights are those that the person has now, not those at verify.
    private Task<EnrollmentRow> BeginAsync(EnrollmentRow read, bool isAdmin, CancellationToken cancellationToken) => enrollments.MoveAsync(
        read,
        row => row with { State = EnrollmentState.Associating, Bound = true, Account = row.Account with { Admin = isAdmin } },
        new(clock.GetUtcNow(), "mac", "associating"),
        cancellationToken);

    private async Task<bool> BindAsync(EnrollmentRow enrollment, CancellationToken cancellationToken)
    {
        var (systemId, userId, admin) = (enrollment.SystemId, enrollment.UserId, enrollment.Account.Admin);
        await jumpCloud.AddBindingAsync(systemId, userId, admin, cancellationToken);
        var binding = await jumpCloud.FindBindingAsync(systemId, userId, cancellationToken);
        if (binding is not null && binding.Admin != admin)
        {
            await jumpCloud.UpdateBindingAsync(systemId, userId, admin, cancellationToken);
            binding = await jumpCloud.FindBindingAsync(systemId, userId, cancellationToken);
        }

        return binding?.Admin == admin;
    }

    // Staged with a password already, or the activation before was lost: no device would ever get the account.
    private async Task<bool> ActivateAsync(SystemUser user, CancellationToken cancellationToken)
    {
        if (!user.IsStaged)
        {
            return true;
        }

        try
        {
            await jumpCloud.ActivateUserAsync(user.Id!, cancellationToken);
        }
        catch (DirectoryException exception) when (exception.Failure is DirectoryFailure.Refused)
        {
            // The binding is there, and somebody else may have activated meanwhile: what the read-back shows counts.
        }

        return await jumpCloud.FindUserAsync(user.Id!, cancellationToken) is { IsStaged: false };
    }

    private static IResult Answer(EnrollmentRow enrollment) =>
        TypedResults.Ok(new AssociateResponse(EnrollmentState.Associated, enrollment.Account));

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Warning, "Associate: JumpCloud took the binding of enrollment {EnrollmentId} or the activation of its person, and does not show it yet")]
        public static partial void NotYetThere(ILogger log, EnrollmentId enrollmentId);

        [LoggerMessage(3002, LogLevel.Error, "Associate: JumpCloud refuses the binding of enrollment {EnrollmentId}")]
        public static partial void Refused(ILogger log, EnrollmentId enrollmentId, Exception reason);
    }
}
