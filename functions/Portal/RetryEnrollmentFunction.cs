using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Background.Finish;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Hosting;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>Where an operator's action left the enrollment.</summary>
internal sealed record EnrollmentAnswer(string EnrollmentId, EnrollmentState State);

/// <summary>
/// POST /api/portal/enrollments/{id}/retry: begins a new attempt to finish an enrollment that has failed or does not get on, with a new deadline.
/// </summary>
internal sealed partial class RetryEnrollmentFunction(
    EnrollmentRows enrollments, DeviceRows devices, FinishTurns turns, TimeProvider clock, ILogger<RetryEnrollmentFunction> log)
{
    private const int MostRaces = 8;

    [Function("RetryEnrollment")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/portal/enrollments/{id}/retry")] HttpRequest request, string id)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        if ((await Call.ReadAsync(request, PortalJson.Default.EmptyRequest, cancellationToken)).Problem is { } invalid)
        {
            return invalid;
        }

        for (var race = 0; race < MostRaces; race++)
        {
            if (!EnrollmentId.TryParse(id, out var enrollmentId) || await enrollments.FindAsync(enrollmentId, cancellationToken) is not { } read)
            {
                return Problem.NotFound("There is no such enrollment.");
            }

            if (read is not ({ State: EnrollmentState.Finishing } or { State: EnrollmentState.Failed, FinishingAt: not null }))
            {
                return Problem.WrongState($"The enrollment is {EnrollmentNames.Of(read.State)}: only a failed one can be retried.");
            }

            if ((await devices.FindAsync(read.SystemId, cancellationToken))?.EnrollmentId != enrollmentId)
            {
                return Problem.WrongState("The Mac was released or enrolled again since.");
            }

            // A new attempt, also of what is finishing: its message may be lost, and what is on its way must not fail what is retried now.
            var now = clock.GetUtcNow();
            var happened = Operator.Of(request.HttpContext).Did(now, "retried");

            // Who retries knows the cause: a password that was changed since is in order then.
            var again = read with
            {
                State = EnrollmentState.Finishing,
                Attempt = read.Attempt + 1,
                FinishingAt = now,
                PasswordUntil = now,
                Cause = null,
            };
            if (await enrollments.TryMoveAsync(read, again, happened, CancellationToken.None) is { } moved)
            {
                await turns.BeginAsync(moved, CancellationToken.None);
                Log.Retried(log, enrollmentId, happened.Actor);
                return TypedResults.Accepted((string?)null, new EnrollmentAnswer(id, moved.State));
            }
        }

        return Problem.Busy();
    }

    private static partial class Log
    {
        [LoggerMessage(6104, LogLevel.Information, "Portal: enrollment {EnrollmentId} was retried by {Name}")]
        public static partial void Retried(ILogger log, EnrollmentId enrollmentId, string name);
    }
}
