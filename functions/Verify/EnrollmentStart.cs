using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Identity;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Verify;

/// <summary>
/// Gives a proven person on a proven Mac an enrollment: a new one, or the open one with a new token. Every line can be the last before a
/// crash: the pointer is written before the row, and who finds a pointer without a row inserts the row.
/// </summary>
internal sealed partial class EnrollmentStart(
    DeviceRows devices, EnrollmentRows enrollments, IJumpCloud jumpCloud, EnrollmentOptions options, AccountOptions account,
    GroupsOptions groups, TimeProvider clock, ILogger<EnrollmentStart> log)
{
    private const int MostRaces = 8;

    /// <summary>200 with the enrollment, or 409 where the Mac belongs to somebody.</summary>
    public async Task<IResult> StartAsync(SystemRecord system, VerifiedPerson person, VerifyRequest request, CancellationToken cancel)
    {
        for (var race = 0; race < MostRaces; race++)
        {
            var pointer = await devices.FindAsync(system.Id!, cancel);
            var existing = pointer is null ? null : await enrollments.FindAsync(pointer.EnrollmentId, cancel);
            if (existing is { Bound: true } && !(EnrollmentMoves.IsOpen(existing.State) && existing.UserId == person.User.Id))
            {
                Log.AlreadyEnrolled(log, system.Id!, existing.Id);
                return Problem.AlreadyEnrolled();
            }

            var (enrollment, token) = existing is not null && EnrollmentMoves.IsOpen(existing.State) && existing.UserId == person.User.Id
                ? await RenewAsync(existing, cancel)
                : await BeginAsync(system, person, request, pointer, existing, cancel);
            if (enrollment is null)
            {
                continue;
            }

            if (groups.Enrollment is { } group && EnrollmentMoves.IsBeforeBinding(enrollment.State))
            {
                await jumpCloud.AddToGroupAsync(group, system.Id!, cancel);
            }

            return TypedResults.Ok(new VerifyResponse(
                enrollment.Id.ToString(), token.ToSecret(), enrollment.TokenExpiresAt, enrollment.State, enrollment.Account,
                enrollment.PasswordRequired, enrollment.PasswordRequired ? await PasswordRulesAsync(enrollment.UserId, cancel) : null));
        }

        return Problem.Busy();
    }

    private async Task<(EnrollmentRow? Enrollment, EnrollmentToken Token)> RenewAsync(EnrollmentRow existing, CancellationToken cancel)
    {
        var token = EnrollmentToken.Create(existing.Id);
        var now = clock.GetUtcNow();
        var renewed = existing with
        {
            TokenHash = token.Hash,
            TokenExpiresAt = now + options.TokenLifetime,
            StateAt = EnrollmentMoves.IsBeforeBinding(existing.State) ? now : existing.StateAt,
        };
        return (await enrollments.TryMoveAsync(existing, renewed, new(now, "mac", "verified-again"), cancel), token);
    }

    private async Task<(EnrollmentRow? Enrollment, EnrollmentToken Token)> BeginAsync(
        SystemRecord system, VerifiedPerson person, VerifyRequest request, DevicePointer? pointer, EnrollmentRow? existing, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (existing is not null && EnrollmentMoves.IsOpen(existing.State))
        {
            var superseded = existing with { State = EnrollmentState.Superseded };
            if (await enrollments.TryMoveAsync(existing, superseded, new(now, "mac", "superseded", "Another person was verified on this Mac."), cancel) is null)
            {
                return (null, EnrollmentToken.Create(existing.Id));
            }
        }

        // A pointer whose row was never written keeps its id.
        var id = pointer is not null && existing is null ? pointer.EnrollmentId : EnrollmentId.Create(now);
        var token = EnrollmentToken.Create(id);
        if (pointer?.EnrollmentId != id && !await devices.TryPointAsync(system.Id!, id, pointer, cancel))
        {
            return (null, token);
        }

        var user = person.User;
        var row = new EnrollmentRow
        {
            Id = id,
            State = EnrollmentState.Verified,
            SystemId = system.Id!,
            SerialNumber = request.SerialNumber!,
            UserId = user.Id!,
            Account = new(user.AccountName!, user.FullName, account.Admin || user.Sudo == true),
            PasswordRequired = person.PasswordRequired,
            HadPassword = user.Activated == true,
            TokenHash = token.Hash,
            TokenExpiresAt = now + options.TokenLifetime,
            CreatedAt = now,
            UpdatedAt = now,
            StateAt = now,
            Warnings = user.PasswordExpired == true && !person.PasswordRequired ? ["password-expired"] : [],
            OsVersion = request.OsVersion,
            ShimVersion = request.ShimVersion,
        };
        if (await enrollments.TryInsertAsync(row, new(now, "mac", "verified"), cancel))
        {
            Log.Started(log, id, row.SystemId, row.UserId);
            return (row, token);
        }

        return (null, token);
    }

    private async Task<PasswordPolicy> PasswordRulesAsync(string userId, CancellationToken cancel)
    {
        var policy = await jumpCloud.GetPasswordPolicyAsync(userId, cancel);
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
