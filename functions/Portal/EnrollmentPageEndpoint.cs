using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>One enrollment with its events.</summary>
internal static class EnrollmentPageEndpoint
{
    public static void MapEnrollmentPage(this IEndpointRouteBuilder routes) => routes.MapGet("/enrollments/{id}", HandleAsync);

    internal static async Task<IResult> HandleAsync(string id, EnrollmentHistories histories, CancellationToken cancellationToken) =>
        EnrollmentId.TryParse(id, out var enrollmentId) && await histories.ReadAsync(enrollmentId, cancellationToken) is { } history
            ? TypedResults.Ok(EnrollmentPage.Of(enrollmentId, history))
            : Problem.NotFound("There is no such enrollment.");
}
