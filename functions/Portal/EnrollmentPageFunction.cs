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
