using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Background.Finish;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Hosting;
using Prestage.Functions.Problems;
using Prestage.Wire;

namespace Prestage.Functions.Mac.Complete;

/// <summary>The Mac is done; the rest is finished from the queue.</summary>
internal sealed class CompleteFunction(TokenGate gate, EnrollmentRows enrollments, FinishTurns turns, TimeProvider clock)
{
    private const int MostSteps = 64;

    [Function("Complete")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/complete")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var call = await Call.ReadAsync(request, WireJson.Default.CompleteRequest, cancellationToken);
        if ((call.Problem ?? Check(call.Body!)) is { } invalid)
        {
            return invalid;
        }

        var (read, refused) = await gate.AuthorizeEndedTooAsync(request, cancellationToken);
        if (read is null)
        {
            return refused!;
        }

        var row = read.State == EnrollmentState.Associated
            ? await turns.BeginAsync(read.Id, read.Attempt + 1, () => MoveAsync(read, call.Body!, enrollments, clock, cancellationToken), cancellationToken)
            : read;
        if (row.FinishingAt is null)
        {
            return EnrollmentMoves.WrongState(row);
        }

        // The message may have been lost with the process that was to put it.
        if (read.State == EnrollmentState.Finishing)
        {
            await turns.RepeatAsync(read, cancellationToken);
        }

        return TypedResults.Json(new CompleteResponse(row.State), WireJson.Default.CompleteResponse, statusCode: StatusCodes.Status202Accepted);
    }

    // The time in the row shows whether this call moved it, also if the answer to the write was lost.
    private static async Task<(EnrollmentRow Row, bool IsOurs)> MoveAsync(
        EnrollmentRow read, CompleteRequest body, EnrollmentRows enrollments, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var row = await enrollments.MoveAsync(read, current => Finishing(current, body, now), new(now, "mac", "finishing"), cancellationToken);
        return (row, row.State == EnrollmentState.Finishing && row.FinishingAt == now);
    }

    private static EnrollmentRow Finishing(EnrollmentRow read, CompleteRequest body, DateTimeOffset now) => read with
    {
        State = EnrollmentState.Finishing,
        Attempt = read.Attempt + 1,
        FinishingAt = now,
        AccountCreated = body.AccountCreated!.Value,
        SecureToken = body.SecureToken!.Value,
        Steps = JsonSerializer.Serialize(body, WireJson.Default.CompleteRequest),
    };

    private static Problem? Check(CompleteRequest body)
    {
        if (body.AccountCreated is null)
        {
            return Problem.InvalidRequest("accountCreated", "is required: true or false.");
        }

        if (body.SecureToken is null)
        {
            return Problem.InvalidRequest("secureToken", "is required: true or false.");
        }

        if (body.Steps is not { Count: <= MostSteps } steps)
        {
            return Problem.InvalidRequest("steps", $"is required: at most {MostSteps} steps.");
        }

        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i] is null)
            {
                return Problem.InvalidRequest($"steps[{i}]", "must be an object.");
            }

            if (Fields.Code($"steps[{i}].name", steps[i].Name) is { } wrongName)
            {
                return wrongName;
            }

            if (steps[i].Seconds is not (>= 0 and <= 31_536_000))
            {
                return Problem.InvalidRequest($"steps[{i}].seconds", "must be a number of seconds, 0 or more.");
            }
        }

        return null;
    }
}
