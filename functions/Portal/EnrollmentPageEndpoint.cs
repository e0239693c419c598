using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>One enrollment with a page of its events: <c>?pageSize=&amp;continuation=</c>.</summary>
internal static class EnrollmentPageEndpoint
{
    private const int UsualPage = 200;
    private const int MostEvents = 1_000_000_000;
    private static readonly string[] Names = ["pageSize", "continuation"];

    public static void MapEnrollmentPage(this IEndpointRouteBuilder routes) => routes.MapGet("/enrollments/{id}", HandleAsync);

    internal static async Task<IResult> HandleAsync(
        string id, HttpRequest request, EnrollmentHistories histories, CancellationToken cancellationToken)
    {
        var values = new QueryValues(request.Query);
        var wrongSize = values.Number("pageSize", UsualPage, EnrollmentHistories.LargestPage, out var size);
        var wrongFrom = values.Number("continuation", 0, MostEvents, out var from);
        if ((QueryValues.Check(request.Query, Names) ?? wrongSize ?? wrongFrom) is { } wrong)
        {
            return wrong;
        }

        return EnrollmentId.TryParse(id, out var enrollmentId)
            && await histories.ReadAsync(enrollmentId, cancellationToken, from, size) is { } history
                ? TypedResults.Ok(EnrollmentPage.Of(enrollmentId, history))
                : Problem.NotFound("There is no such enrollment.");
    }
}
