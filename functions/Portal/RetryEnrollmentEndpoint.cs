using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Finish;
using Prestage.Functions.Hosting;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>Where an operator's action left the enrollment.</summary>
internal sealed record EnrollmentAnswer(string EnrollmentId, EnrollmentState State);

/// <summary>POST /api/portal/enrollments/{id}/retry: finishes a failed enrollment anew, with a new deadline.</summary>
internal static partial class RetryEnrollmentEndpoint
{
    public static void MapRetryEnrollment(this IEndpointRouteBuilder routes) => routes.MapPost("/enrollments/{id}/retry", HandleAsync);

    internal static async Task<IResult> HandleAsync(
        string id, HttpRequest request, EnrollmentRows enrollments, DeviceRows devices, FinishQueue queue, TimeProvider clock,
        ILogger<EnrollmentAnswer> log, CancellationToken cancellationToken)
    {
        if ((await Call.ReadAsync(request, PortalJson.Default.EmptyRequest, cancellationToken)).Problem is { } invalid)
        {
            return invalid;
        }

        if (!EnrollmentId.TryParse(id, out var enrollmentId) || await enrollments.FindAsync(enrollmentId, cancellationToken) is not { } read)
        {
            return Problem.NotFound("There is no such enrollment.");
        }

        var name = Operator.Of(request.HttpContext).Name;
        if (read is { State: EnrollmentState.Failed, FinishingAt: not null })
        {
            if ((await devices.FindAsync(read.SystemId, cancellationToken))?.EnrollmentId != enrollmentId)
            {
                return Problem.WrongState("The Mac was released or enrolled anew since.");
            }

            var now = clock.GetUtcNow();
            // Who retries knows the cause: a password that was changed since is in order then.
            var again = read with
            {
                State = EnrollmentState.Finishing,
                Attempt = read.Attempt + 1,
                FinishingAt = now,
                PasswordUntil = now,
                Cause = null,
            };
            read = await enrollments.TryMoveAsync(read, again, new(now, name, "retried"), cancellationToken)
                ?? await enrollments.FindAsync(enrollmentId, cancellationToken) ?? read;
        }

        if (read.State != EnrollmentState.Finishing)
        {
            return Problem.WrongState($"The enrollment is {EnrollmentNames.Of(read.State)}: only a failed one can be retried.");
        }

        // Also when it was finishing already: the message may have been lost with the process that was to write it.
        await queue.SendAsync(read, TimeSpan.Zero, cancellationToken);
        Log.Retried(log, enrollmentId, name);
        return TypedResults.Accepted((string?)null, new EnrollmentAnswer(id, read.State));
    }

    private static partial class Log
    {
        [LoggerMessage(6104, LogLevel.Information, "Portal: enrollment {EnrollmentId} was retried by {Name}")]
        public static partial void Retried(ILogger log, EnrollmentId enrollmentId, string name);
    }
}
