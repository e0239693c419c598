using Prestage.Functions.Enrollments;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>One enrollment with its events.</summary>
internal static class EnrollmentPageEndpoint
{
    public static void MapEnrollmentPage(this IEndpointRouteBuilder routes) => routes.MapGet("/enrollments/{id}", HandleAsync);

    internal static async Task<IResult> HandleAsync(string id, EnrollmentRows enrollments, CancellationToken cancel) =>
        EnrollmentId.TryParse(id, out var enrollmentId) && await enrollments.FindAsync(enrollmentId, cancel) is { } row
            ? TypedResults.Ok(EnrollmentPage.Of(row, await enrollments.ReadEventsAsync(enrollmentId, cancel)))
            : Problem.NotFound("There is no such enrollment.");
}
