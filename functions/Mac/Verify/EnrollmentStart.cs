using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Health;
using Prestage.Functions.Identity;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Passcodes;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Mac.Verify;

/// <summary>
/// Gives a proven person on a proven Mac an enrollment: a new one, or the open one with a new token. Every line can be the last before a
/// crash: the pointer is written before the row, and who finds a pointer without a row inserts the row.
/// </summary>
internal sealed partial class EnrollmentStart(
    DeviceRows devices, DeviceEligibility eligibility, EnrollmentRows enrollments, PersonEnrollments ofPerson, PasscodeRows passcodes,
    Refusals refusals, EventBudget budget, IJumpCloud jumpCloud, GroupsInOrder groupsInOrder, EnrollmentGroup group, EnrollmentOptions options,
    AccountOptions account, TimeProvider clock,
    ILogger<EnrollmentStart> log)
{
    private const int MostRaces = 8;

    /// <summary>What is stored of the Mac now.</summary>
    public async Task<DeviceNow> ReadAsync(string systemId, CancellationToken cancellationToken)
    {
        var pointer = await devices.FindAsync(systemId, cancellationToken);
        return new(pointer, await enrollments.FindAsync(pointer?.EnrollmentId, cancellationToken));
    }

    /// <summary>
    /// 200 with the enrollment, or 409 where the Mac belongs to somebody; null where the person's passcode was used up meanwhile.
    /// </summary>
    public async Task<IResult?> StartAsync(
        SystemRecord system, DeviceNow device, VerifiedPerson person, VerifyRequest request, CancellationToken cancellationToken)
    {
        EnrollmentEvent? again = null;
        EnrollmentEvent? first = null;
        for (var race = 0; race < MostRaces; race++)
        {
            device = race == 0 ? device : await ReadAsync(system.Id!, cancellationToken);
            var existing = device.Enrollment;
            if (existing is { Bound: true } && !(EnrollmentMoves.IsOpen(existing.State) && existing.UserId == person.User.Id))
            {
                Log.AlreadyEnrolled(log, system.Id!, existing.Id);
                await refusals.OfEnrollmentAsync(existing, ProblemCodes.AlreadyEnrolled, "A person was verified on this Mac, which this enrollment holds.");
                return Problem.AlreadyEnrolled();
            }

            var renewing = existing is not null && EnrollmentMoves.IsOpen(existing.State) && existing.UserId == person.User.Id
                && StillFits(existing, person);
            if (!renewing && await eligibility.CheckNewAsync(system, device, cancellationToken) is { } ineligible)
            {
                await refusals.OfMacAsync(system.Id!, ineligible.Code, ineligible.Detail);
                return ineligible;
            }

            if (!renewing)
            {
                groupsInOrder.Require();
                first ??= budget.Admit(system.Id!, "verified", new(clock.GetUtcNow(), "mac", "verified", ProofOf(person)));
                if (first is null)
                {
                    return Problem.BudgetUsedUp(budget.UntilNextHour);
                }
            }
            else
            {
                if (existing!.IsFull)
                {
                    return EnrollmentMoves.HistoryFull();
                }

                again ??= budget.Admit(system.Id!, "verified-again", new(clock.GetUtcNow(), "mac", "verified-again"));
                if (again is null)
                {
                    return Problem.BudgetUsedUp(budget.UntilNextHour);
                }

                // Before the renewal: while JumpCloud refuses the group, the Mac's tries must not be one event each.
                await JoinGroupAsync(existing, cancellationToken);
            }

            var id = renewing ? existing!.Id : await ClaimAsync(system, device, person, cancellationToken);
            if (id is null)
            {
                continue;
            }

            // After the pointer, so that whoever dies here finds the id that used the passcode up; before the row, so that no enrollment begins without.
            if (person.Passcode is { } passcode && !await passcodes.TryUseAsync(passcode, id.Value, cancellationToken))
            {
                return null;
            }

            var token = EnrollmentToken.Create(id.Value);
            var enrollment = renewing
                ? await RenewAsync(existing!, token, again!, cancellationToken)
                : await BeginAsync(system, person, request, token, first!, cancellationToken);
            if (enrollment is null)
            {
                continue;
            }

            if (!renewing)
            {
                await JoinGroupAsync(enrollment, cancellationToken);
            }

            return TypedResults.Ok(new VerifyResponse(
                enrollment.Id.ToString(), token.ToSecret(), enrollment.TokenExpiresAt, enrollment.State, enrollment.Account,
                enrollment.PasswordRequired, enrollment.PasswordRequired ? await PasswordRulesAsync(enrollment.UserId, cancellationToken) : null));
        }

        return Problem.Busy();
    }

    private async Task JoinGroupAsync(EnrollmentRow enrollment, CancellationToken cancellationToken)
    {
        if (EnrollmentMoves.IsBeforeBinding(enrollment.State))
        {
            await group.JoinAsync(enrollment.SystemId, cancellationToken);
        }
    }

    // Whether a password is set was decided by the password that was there: who has been given another one since begins again, until the binding.
    private static bool StillFits(EnrollmentRow existing, VerifiedPerson person) => existing.Bound
        || (existing.PasswordRequired == person.PasswordRequired
            && (!existing.PasswordRequired || PersonStanding.IsKnownPassword(existing, person.User)));

    private Task<EnrollmentRow?> RenewAsync(
        EnrollmentRow existing, EnrollmentToken token, EnrollmentEvent happened, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var renewed = existing with
        {
            TokenHash = token.Hash,
            TokenExpiresAt = now + options.TokenLifetime,
            StateAt = EnrollmentMoves.IsBeforeBinding(existing.State) ? now : existing.StateAt,
        };
        return enrollments.TryMoveAsync(existing, renewed, happened, cancellationToken);
    }

    // The id of the Mac's next enrollment, to which the Mac points now; null where somebody else was faster.
    private async Task<EnrollmentId?> ClaimAsync(
        SystemRecord system, DeviceNow device, VerifiedPerson person, CancellationToken cancellationToken)
    {
        var (pointer, existing) = device;
        var now = clock.GetUtcNow();
        if (existing is not null && EnrollmentMoves.IsOpen(existing.State))
        {
            var superseded = existing with { State = EnrollmentState.Superseded };
            var why = existing.UserId == person.User.Id
                ? "The person's password was changed elsewhere since."
                : "Another person was verified on this Mac.";
            if (await enrollments.TryMoveAsync(existing, superseded, new(now, "mac", "superseded", why), cancellationToken) is null)
            {
                return null;
            }
        }

        // A pointer whose row was never written keeps its id.
        if (existing is null && pointer?.EnrollmentId is { } pointed)
        {
            return pointed;
        }

        var id = EnrollmentId.Create(now);
        return await devices.TryPointAsync(system.Id!, id, pointer, cancellationToken) ? id : null;
    }

    private async Task<EnrollmentRow?> BeginAsync(
        SystemRecord system, VerifiedPerson person, VerifyRequest request, EnrollmentToken token, EnrollmentEvent happened,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var user = person.User;
        var row = new EnrollmentRow
        {
            Id = token.Id,
            State = EnrollmentState.Verified,
            SystemId = system.Id!,
            SerialNumber = request.SerialNumber!,
            UserId = user.Id!,
            Account = new(user.AccountName!, user.FullName, account.IsAdmin(user)),
            PasswordRequired = person.PasswordRequired,
            HadPassword = user.Activated == true,
            PasswordUntil = user.Activated == true ? user.PasswordSetAt : null,
            TokenHash = token.Hash,
            TokenExpiresAt = now + options.TokenLifetime,
            CreatedAt = now,
            UpdatedAt = now,
            StateAt = now,
            Warnings = user.PasswordExpired == true && !person.PasswordRequired ? ["password-expired"] : [],
            OsVersion = request.OsVersion,
            ShimVersion = request.ShimVersion,
        };
        var stored = row.PasswordRequired ? await ofPerson.TryInsertAsync(row, happened, cancellationToken)
            : await enrollments.TryInsertAsync(row, happened, cancellationToken) ? row : null;
        if (stored is not null)
        {
            Log.Started(log, row.Id, row.SystemId, row.UserId);
        }

        return stored;
    }

    private static string? ProofOf(VerifiedPerson person) =>
        person.Passcode is { } passcode ? $"With a passcode made by {passcode.CreatedBy}." : null;

    private async Task<PasswordPolicy> PasswordRulesAsync(string userId, CancellationToken cancellationToken)
    {
        var policy = await jumpCloud.GetPasswordPolicyAsync(userId, cancellationToken);
        return new(
            policy.EnableMinLength == true ? policy.MinLength ?? 1 : 1, policy.NeedsLowercase == true, policy.NeedsUppercase == true,
            policy.NeedsNumeric == true, policy.NeedsSymbolic == true, policy.AllowUsernameSubstring != true);
    }

    private static partial class Log
    {
        [LoggerMessage(1201, LogLevel.Information, "Enrollment {EnrollmentId} started: user {UserId} on system {SystemId}")]
        public static partial void Started(ILogger log, EnrollmentId enrollmentId, string systemId, string userId);

        [LoggerMessage(1202, LogLevel.Warning, "Verify refused: system {SystemId} belongs to enrollment {EnrollmentId}")]
        public static partial void AlreadyEnrolled(ILogger log, string systemId, EnrollmentId enrollmentId);
    }
}
