using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Devices;
using Prestage.Functions.Hosting;
using Prestage.Functions.Identity;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Mac.Verify;

/// <summary>A proven Mac says who sits at it; a proven person gets an enrollment and its token.</summary>
internal sealed partial class VerifyFunction(
    DeviceGate gate, DeviceEligibility devices, Attempts attempts, PersonVerifier persons, Refusals refusals,
    EnrollmentStart start, IdentityOptions identity, ILogger<VerifyFunction> log)
{
    [Function("Verify")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/verify")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var call = await Call.ReadAsync(request, WireJson.Default.VerifyRequest, cancellationToken);
        if ((call.Problem ?? Check(call.Body!, identity)) is { } invalid)
        {
            return invalid;
        }

        var (body, identifier) = (call.Body!, Identifier.From(identity.Identifier, call.Body!.Identifier!));
        var (system, unproven) = await gate.ProveAsync(request, call.Raw, cancellationToken);
        if (system is null)
        {
            return unproven!;
        }

        // From here the try must be settled, also when the Mac has gone away meanwhile; only the time limit ends the look-ups.
        var limit = CallDeadline.Of(request.HttpContext);
        var (reservation, locked) = await attempts.ReserveAsync(system.Id!, identifier, CancellationToken.None);
        if (reservation is null)
        {
            // Busy is no decision: the same call again is let in.
            if (locked!.Code == ProblemCodes.Locked)
            {
                await refusals.OfMacAsync(system.Id!, locked.Code, "After too many failed tries the Mac or the claimed identity is locked.");
            }

            return locked;
        }

        var isSettled = false;
        try
        {
            var device = await start.ReadAsync(system.Id!, limit);
            if (await devices.CheckAsync(system, body.SerialNumber!, device, limit) is { } ineligible)
            {
                await refusals.OfMacAsync(system.Id!, ineligible.Code, ineligible.Detail);
                return ineligible;
            }

            var (person, reason) = await persons.VerifyAsync(identifier, body.Secret, body.SerialNumber!, device, limit);
            var answer = person is null ? null : await start.StartAsync(system, device, person, body, limit);
            if (answer is null)
            {
                reason = person is null ? reason : "passcode-used";
                Log.Refused(log, system.Id!, reason);

                // A wrong proof is never handed back, also where it cannot be counted now.
                isSettled = true;
                var failed = await attempts.FailAsync(reservation, CancellationToken.None);
                await refusals.OfPersonAsync(system.Id!, reason, failed);
                return Problem.NotVerified(failed.Left);
            }

            await attempts.ClearAsync(reservation, CancellationToken.None);
            isSettled = true;
            return answer;
        }
        finally
        {
            if (!isSettled)
            {
                await attempts.HandBackAsync(reservation, CancellationToken.None);
            }
        }
    }

    private static Problem? Check(VerifyRequest body, IdentityOptions identity) =>
        Fields.Nonce(body.Nonce)
        ?? Fields.Text("serialNumber", body.SerialNumber, 64)
        ?? Fields.Text("identifier", body.Identifier, Identifier.Longest)
        ?? (identity.Proof == IdentityProof.None
            ? Fields.OptionalText("secret", body.Secret?.Reveal(), Identifier.Longest)
            : Fields.Text("secret", body.Secret?.Reveal(), Identifier.Longest))
        ?? Fields.OptionalText("osVersion", body.OsVersion, 64)
        ?? Fields.OptionalText("shimVersion", body.ShimVersion, 64);

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Warning, "Verify refused a person on system {SystemId}: {Reason}")]
        public static partial void Refused(ILogger log, string systemId, string reason);
    }
}
