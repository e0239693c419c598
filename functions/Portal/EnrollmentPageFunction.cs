using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>One enrollment with a page of its events: <c>?pageSize=&amp;continuation=</c>.</summary>
internal sealed class EnrollmentPageFunction(EnrollmentHistories histories)
{
    private const int UsualPage = 200;
    private const int MostEvents = 1_000_000_000;
    private static readonly string[] Names = ["pageSize", "continuation"];

    [Function("EnrollmentPage")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/portal/enrollments/{id}")] HttpRequest request, string id)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var values = new QueryValues(request.Query);
        var (from, size) = (0, UsualPage);
        var problem = QueryValues.Check(request.Query, Names)
            ?? values.Number("pageSize", UsualPage, EnrollmentHistories.LargestPage, out size)
            ?? values.Number("continuation", 0, MostEvents, out from);
        if (problem is not null)
        {
            return problem;
        }

        return EnrollmentId.TryParse(id, out var enrollmentId)
            && await histories.ReadAsync(enrollmentId, cancellationToken, from, size) is { } history
                ? TypedResults.Ok(EnrollmentPage.Of(enrollmentId, history))
                : Problem.NotFound("There is no such enrollment.");
    }
}
