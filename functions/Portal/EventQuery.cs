using Prestage.Functions.Devices;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>Which events an operator asks for: <c>?actor=operator&amp;pageSize=&amp;continuation=</c>, each optional and given once.</summary>
/// <param name="OnlyOperators">What operators did, and nothing else.</param>
internal sealed record EventQuery(bool OnlyOperators, int PageSize, EventPosition? Continuation)
{
    private const int UsualPage = 50;
    private const int LargestPage = 500;
    private const string Operators = "operator";
    private static readonly string[] Names = ["pageSize", "continuation"];

    /// <summary>Reads a call's query; the problem names the parameter and what is right.</summary>
    public static (EventQuery? Query, Problem? Problem) Read(IQueryCollection given) =>
        QueryValues.Check(given, ["actor", .. Names]) is { } wrong ? (null, wrong) : Read(new(given), new QueryValues(given)["actor"]);

    /// <summary>The same of a route that knows operators' events only.</summary>
    /// <param name="more">What else may be in the query.</param>
    public static (EventQuery? Query, Problem? Problem) OfOperators(IQueryCollection given, params string[] more) =>
        QueryValues.Check(given, [.. more, .. Names]) is { } wrong ? (null, wrong) : Read(new(given), Operators);

    /// <summary>
    /// The events of a subject. On the first page what operators did is among them, as many as fit a page, however much the Mac has said since.
    /// </summary>
    public async Task<EventPage> ReadAsync(DeviceRows rows, string subject, CancellationToken cancellationToken)
    {
        var page = await rows.ReadEventsAsync(subject, OnlyOperators, PageSize, Continuation, cancellationToken);
        if (OnlyOperators || Continuation is not null)
        {
            return page;
        }

        var operators = await rows.ReadEventsAsync(subject, ofOperators: true, PageSize, null, cancellationToken);
        return page with { Events = [.. page.Events.Concat(operators.Events).OrderByDescending(happened => happened.At)] };
    }

    private static (EventQuery? Query, Problem? Problem) Read(QueryValues values, string? actor)
    {
        var text = values["continuation"];
        var continuation = text is null ? null : EventPosition.Parse(text);
        var notNumber = values.Number("pageSize", UsualPage, LargestPage, out var pageSize);
        var problem =
            actor is not (null or Operators) ? Problem.InvalidRequest("actor", "must be operator, or absent for everyone.")
            : text is not null && (continuation is null || continuation.IsOperators != (actor is not null)) ? EnrollmentQuery.NoContinuation()
            : notNumber;
        return problem is null ? (new(actor is not null, pageSize, continuation), null) : (null, problem);
    }
}
