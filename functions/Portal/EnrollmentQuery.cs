using System.Globalization;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Hosting;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>What an operator looks for: <c>?state=&amp;search=&amp;from=&amp;to=&amp;pageSize=&amp;continuation=</c>, each optional and given once.</summary>
/// <param name="Search">A part of an id, serial number, user or account name, in any case.</param>
internal sealed record EnrollmentQuery(EnrollmentFilter Filter, string? Search, int PageSize, EnrollmentPosition? Continuation)
{
    /// <summary>The largest page, which is one of the storage's.</summary>
    public const int LargestPage = 1000;

    private const int UsualPage = 50;
    private const int LongestSearch = 100;
    private static readonly string[] Names = ["state", "search", "from", "to", "pageSize", "continuation"];
    private static readonly EnrollmentState[] States = Enum.GetValues<EnrollmentState>();

    /// <summary>Reads a call's query; the problem names the parameter and what is right.</summary>
    public static (EnrollmentQuery? Query, Problem? Problem) Read(IQueryCollection given)
    {
        if (QueryValues.Check(given, Names) is { } wrong)
        {
            return (null, wrong);
        }

        var values = new QueryValues(given);
        var (state, search) = (values["state"], values["search"]);
        IReadOnlyList<EnrollmentState>? states = state switch
        {
            null => [],
            "open" => [.. States.Where(EnrollmentMoves.IsOpen)],
            _ => States.Where(known => EnrollmentNames.Of(known) == state).Take(1).ToArray() is [var one] ? [one] : null,
        };
        var continuation = values["continuation"] is { } text ? EnrollmentPosition.Parse(text) : null;
        var (from, to) = (Time(values["from"]), Time(values["to"]));
        var notNumber = values.Number("pageSize", UsualPage, LargestPage, out var pageSize);
        var problem =
            states is null ? Problem.InvalidRequest("state", $"must be open, or one of {string.Join(", ", States.Select(EnrollmentNames.Of))}.")
            : Fields.OptionalText("search", search, LongestSearch) is { } bad ? bad
            : values["from"] is not null && from is null ? NoTime("from")
            : values["to"] is not null && to is null ? NoTime("to")
            : from >= to ? Problem.InvalidRequest("to", "must be later than from.")
            : values["continuation"] is not null && continuation is null ? NoContinuation()
            : notNumber;
        return problem is null
            ? (new(new(states!, from, to), search?.Trim() is { Length: > 0 } wanted ? wanted : null, pageSize, continuation), null)
            : (null, problem);
    }

    /// <summary>400: it is none, or of another query.</summary>
    public static Problem NoContinuation() =>
        Problem.InvalidRequest("continuation", "must be what an earlier answer to the same query gave.");

    /// <summary>Whether the enrollment is among those that are looked for by name.</summary>
    public bool Matches(EnrollmentRow row) => Search is null
        || new[] { row.SerialNumber, row.Account.Username, row.Account.FullName, row.UserId, row.SystemId, row.Id.ToString() }
            .Any(value => value.Contains(Search, StringComparison.OrdinalIgnoreCase));

    private static Problem NoTime(string field) =>
        Problem.InvalidRequest(field, "must be a day (2026-11-26, from 00:00 UTC) or a time (2026-11-26T08:00:00Z), of the year 2000 or later.");

    // RFC 3339, or a day of it.
    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        && time.UtcDateTime.Year >= 2000
            ? time
            : null;
}
