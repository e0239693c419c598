using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Enrollments;
using Prestage.Wire;

namespace Prestage.Functions.Portal;

/// <summary>GET /api/portal/enrollments: a page of enrollments, newest first.</summary>
/// <param name="Continuation">For the next page, which may be empty and still not be the last; absent at the end.</param>
/// <param name="Unreadable">Ids of enrollments whose rows cannot be read.</param>
internal sealed record EnrollmentList(IReadOnlyList<EnrollmentLine> Enrollments, string? Continuation, IReadOnlyList<string>? Unreadable);

/// <summary>One enrollment in short.</summary>
internal sealed record EnrollmentLine(
    string EnrollmentId, EnrollmentState State, string SystemId, string SerialNumber, string UserId, Account Account, bool Bound,
    IReadOnlyList<string> Warnings, string? Cause, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static EnrollmentLine Of(EnrollmentRow row) => new(
        row.Id.ToString(), row.State, row.SystemId, row.SerialNumber, row.UserId, row.Account, row.Bound, row.Warnings, row.Cause, row.CreatedAt,
        row.UpdatedAt);
}

/// <summary>Lists enrollments.</summary>
internal sealed class ListEnrollmentsFunction(EnrollmentSearch search)
{
    private static readonly EnrollmentBudget Budget = new(3, TimeSpan.FromSeconds(20));

    [Function("ListEnrollments")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/portal/enrollments")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var (query, wrong) = EnrollmentQuery.Read(request.Query);
        if (query is null)
        {
            return wrong!;
        }

        return await search.FindAsync(query, query.PageSize, Budget, EnrollmentLine.Of, cancellationToken) is { } found
            ? TypedResults.Ok(new EnrollmentList(
                found.Found, found.Next?.ToString(), found.Unreadable.Count > 0 ? found.Unreadable : null))
            : EnrollmentQuery.NoContinuation();
    }
}
