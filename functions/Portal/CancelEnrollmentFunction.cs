using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Hosting;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>POST /api/portal/enrollments/{id}/cancel: ends an open enrollment. What was bound in JumpCloud stays bound.</summary>
internal sealed partial class CancelEnrollmentFunction(
    EnrollmentRows enrollments, TimeProvider clock, ILogger<CancelEnrollmentFunction> log)
{
    private const int MostRaces = 8;

    [Function("CancelEnrollment")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/portal/enrollments/{id}/cancel")] HttpRequest request, string id)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        if ((await Call.ReadAsync(request, PortalJson.Default.EmptyRequest, cancellationToken)).Problem is { } invalid)
        {
            return invalid;
        }

        var happened = Operator.Of(request.HttpContext).Did(clock.GetUtcNow(), "cancelled");
        for (var race = 0; race < MostRaces; race++)
        {
            if (!EnrollmentId.TryParse(id, out var enrollmentId) || await enrollments.FindAsync(enrollmentId, cancellationToken) is not { } read)
            {
                return Problem.NotFound("There is no such enrollment.");
            }

            if (read.State == EnrollmentState.Cancelled)
            {
                return TypedResults.Ok(new EnrollmentAnswer(id, read.State));
            }

            if (!EnrollmentMoves.IsOpen(read.State))
            {
                return Problem.WrongState($"The enrollment is {EnrollmentNames.Of(read.State)}: only an open one can be cancelled.");
            }

            if (await enrollments.TryMoveAsync(read, read with { State = EnrollmentState.Cancelled }, happened, cancellationToken) is { } cancelled)
            {
                Log.Cancelled(log, enrollmentId, happened.Actor);
                return TypedResults.Ok(new EnrollmentAnswer(id, cancelled.State));
            }
        }

        return Problem.Busy();
    }

    private static partial class Log
    {
        [LoggerMessage(6105, LogLevel.Information, "Portal: enrollment {EnrollmentId} was cancelled by {Name}")]
        public static partial void Cancelled(ILogger log, EnrollmentId enrollmentId, string name);
    }
}
