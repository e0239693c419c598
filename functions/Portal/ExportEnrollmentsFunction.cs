using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Enrollments;

namespace Prestage.Functions.Portal;

/// <summary>
/// GET /api/portal/enrollments.csv: up to 10,000 enrollments, newest first, as RFC 4180 with a header line. Where there are more, a <c>Link</c> with
/// <c>rel="next"</c> (RFC 8288) goes on.
/// </summary>
internal sealed class ExportEnrollmentsFunction(EnrollmentSearch search, TimeProvider clock)
{
    private const int MostRows = 10_000;
    private static readonly EnrollmentBudget Budget = new(30, TimeSpan.FromSeconds(20));
    private static readonly string[] Header =
    [
        "enrollmentId", "state", "createdAt", "updatedAt", "finishingAt", "systemId", "serialNumber", "userId", "username", "fullName",
        "admin", "bound", "accountCreated", "secureToken", "warnings", "cause", "osVersion", "shimVersion",
    ];

    [Function("ExportEnrollments")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/portal/enrollments.csv")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var (query, wrong) = EnrollmentQuery.Read(request.Query);
        if (query is null)
        {
            return wrong!;
        }

        var most = new QueryValues(request.Query)["pageSize"] is null ? MostRows : query.PageSize;
        if (await search.FindAsync(query, most, Budget, Line, cancellationToken) is not { } found)
        {
            return EnrollmentQuery.NoContinuation();
        }

        if (found.Next is { } next)
        {
            // Relative to the address that the operator used, which the host above may have changed on its way here.
            var others = request.Query.Where(parameter => parameter.Key != "continuation").Append(new("continuation", next.ToString()));
            request.HttpContext.Response.Headers.Link = $"<{QueryHelpers.AddQueryString("enrollments.csv", others)}>; rel=\"next\"";
        }

        // A spreadsheet takes the file for UTF-8 by the mark at its beginning only.
        var text = new StringBuilder("\uFEFF").Append(Csv.Line(Header)).AppendJoin(null, found.Found);
        foreach (var id in found.Unreadable)
        {
            text.Append(Csv.Line([id, "unreadable", .. Enumerable.Repeat<string?>(null, Header.Length - 2)]));
        }

        return TypedResults.File(
            Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8; header=present",
            $"prestage-enrollments-{clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}.csv");
    }

    private static string Line(EnrollmentRow row) => Csv.Line(
    [
        row.Id.ToString(), EnrollmentNames.Of(row.State), Time(row.CreatedAt), Time(row.UpdatedAt), row.FinishingAt is { } at ? Time(at) : null, row.SystemId,
        row.SerialNumber, row.UserId, row.Account.Username, row.Account.FullName, YesNo(row.Account.Admin), YesNo(row.Bound), YesNo(row.AccountCreated),
        YesNo(row.SecureToken), string.Join(' ', row.Warnings), row.Cause, row.OsVersion, row.ShimVersion,
    ]);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string YesNo(bool yes) => yes ? "true" : "false";
}
