using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Hosting;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Mac.Token;

/// <summary>A new token for the Mac's open enrollment, after a reboot or a night. The person was verified before.</summary>
internal sealed class TokenFunction(
    DeviceGate gate, DeviceRows devices, EnrollmentRows enrollments, EventBudget budget, EnrollmentOptions options,
    TimeProvider clock)
{
    private const int MostRaces = 8;

    [Function("Token")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/token")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var call = await Call.ReadAsync(request, WireJson.Default.TokenRequest, cancellationToken);
        if ((call.Problem ?? Fields.Nonce(call.Body!.Nonce)) is { } invalid)
        {
            return invalid;
        }

        var (system, unproven) = await gate.ProveTheVeryMacAsync(request, call.Raw, cancellationToken);
        if (system is null)
        {
            return unproven!;
        }

        EnrollmentEvent? happened = null;
        for (var race = 0; race < MostRaces; race++)
        {
            var pointer = await devices.FindAsync(system.Id!, cancellationToken);
            var read = pointer is null ? null : await enrollments.FindAsync(pointer.EnrollmentId, cancellationToken);
            if (read is null || !EnrollmentMoves.IsOpen(read.State))
            {
                return Problem.NotFound("This Mac has no open enrollment: start with POST /api/verify.");
            }

            if (read.IsFull)
            {
                return EnrollmentMoves.HistoryFull();
            }

            var token = EnrollmentToken.Create(read.Id);
            var now = clock.GetUtcNow();
            happened ??= budget.Admit(system.Id!, "token-renewed", new(now, "mac", "token-renewed"));
            if (happened is null)
            {
                return Problem.BudgetUsedUp(budget.UntilNextHour);
            }

            var renewed = read with { TokenHash = token.Hash, TokenExpiresAt = now + options.TokenLifetime };
            if (await enrollments.TryMoveAsync(read, renewed, happened, cancellationToken) is { } row)
            {
                return TypedResults.Ok(new TokenResponse(
                    row.Id.ToString(), token.ToSecret(), row.TokenExpiresAt, row.State, row.Account, row.PasswordRequired));
            }
        }

        return Problem.Busy();
    }
}
