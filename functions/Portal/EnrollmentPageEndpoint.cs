using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>One enrollment with its events.</summary>
internal static class EnrollmentPageEndpoint
{
    public static void MapEnrollmentPage(this IEndpointRouteBuilder routes) => routes.MapGet("/enrollments/{id}", HandleAsync);

    internal static async Task<IResult> HandleAsync(string id, EnrollmentHistories histories, CancellationToken cancellationToken) =>
        EnrollmentId.TryParse(id, out var enrollmentId) && await histories.ReadAsync(enrollmentId, cancellationToken) is { Enrollment: { } row } history
            ? TypedResults.Ok(EnrollmentPage.Of(row, history))
            : Problem.NotFound("There is no such enrollment, or its row cannot be read.");
}
