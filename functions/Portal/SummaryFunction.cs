using System.Globalization;
using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Enrollments;

namespace Prestage.Functions.Portal;

/// <summary>GET /api/portal/summary?days=: the enrollments that began in the last days, today included, in UTC.</summary>
/// <param name="From">The first moment that is counted.</param>
/// <param name="States">How many are in which state now; states without any are left out.</param>
/// <param name="MedianSeconds">From the first verify to completed; null where none is.</param>
/// <param name="P90Seconds">The same for nine of ten.</param>
/// <param name="Days">Each day, oldest first.</param>
/// <param name="Warnings">How many enrollments have which warning, most first.</param>
/// <param name="Causes">How many failed why, most first.</param>
internal sealed record EnrollmentSummary(
    DateTimeOffset From, int Enrollments, IReadOnlyDictionary<string, int> States, double? MedianSeconds, double? P90Seconds, IReadOnlyList<DayCount> Days,
    IReadOnlyList<CodeCount> Warnings, IReadOnlyList<CodeCount> Causes);

/// <summary>What became of the enrollments that began on one day.</summary>
internal sealed record DayCount(string Day, int Started, int Completed, int Failed);

/// <summary>How often a code came up.</summary>
internal sealed record CodeCount(string Code, int Count);

/// <summary>Counts enrollments.</summary>
internal sealed class SummaryFunction(EnrollmentPages pages, TimeProvider clock)
{
    private const int UsualDays = 30;
    private const int MostDays = 92;
    private static readonly string Completed = EnrollmentNames.Of(EnrollmentState.Completed);
    private static readonly string Failed = EnrollmentNames.Of(EnrollmentState.Failed);
    private static readonly EnrollmentBudget Budget = new(30, TimeSpan.FromSeconds(20));
    private static readonly string[] Columns = ["PartitionKey", "RowKey", "State", "CreatedAt", "StateAt", "Warnings", "Cause"];

    [Function("Summary")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/portal/summary")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var notNumber = new QueryValues(request.Query).Number("days", UsualDays, MostDays, out var days);
        if ((QueryValues.Check(request.Query, ["days"]) ?? notNumber) is { } wrong)
        {
            return wrong;
        }

        var today = new DateTimeOffset(clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        var from = today.AddDays(1 - days);
        List<Counted> counted = [];
        var isWhole = true;
        await foreach (var page in pages.ReadAsync(EnrollmentFilter.All with { From = from }, null, EnrollmentQuery.LargestPage, Budget, Columns, cancellationToken))
        {
            counted.AddRange(page.Rows.Select(Counted.Of).OfType<Counted>());
            isWhole = page.Next is null;
        }

        // Of very many only the newest are counted, in whole days.
        if (!isWhole && counted is [.., var oldest])
        {
            from = new DateTimeOffset(oldest.At.UtcDateTime.Date, TimeSpan.Zero).AddDays(1);
            counted.RemoveAll(one => one.At < from);
        }

        return TypedResults.Ok(Sum(from, today, counted));
    }

    private static EnrollmentSummary Sum(DateTimeOffset from, DateTimeOffset today, List<Counted> counted)
    {
        var completed = counted.Where(one => one.State == Completed).Select(one => one.Duration?.TotalSeconds).OfType<double>().Order().ToList();
        var byDay = counted.ToLookup(one => one.At.UtcDateTime.Date);
        var days = Enumerable.Range(0, Math.Max(0, (today - from).Days + 1)).Select(day => from.UtcDateTime.Date.AddDays(day));
        return new(
            from, counted.Count, counted.CountBy(one => one.State).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(),
            Quantile(completed, 0.5), Quantile(completed, 0.9),
            [.. days.Select(day => new DayCount(
                day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), byDay[day].Count(), byDay[day].Count(one => one.State == Completed),
                byDay[day].Count(one => one.State == Failed)))],
            Codes(counted.SelectMany(one => one.Warnings)), Codes(counted.Select(one => one.Cause).OfType<string>()));
    }

    // The nearest rank: a value that somebody really had to wait.
    private static double? Quantile(List<double> sorted, double part) =>
        sorted.Count == 0 ? null : Math.Round(sorted[(int)Math.Ceiling(part * sorted.Count) - 1], 1);

    private static IReadOnlyList<CodeCount> Codes(IEnumerable<string> codes) =>
        [.. codes.CountBy(code => code).Select(pair => new CodeCount(pair.Key, pair.Value)).OrderByDescending(code => code.Count).ThenBy(code => code.Code, StringComparer.Ordinal)];

    private sealed record Counted(string State, DateTimeOffset At, TimeSpan? Duration, IReadOnlyList<string> Warnings, string? Cause)
    {
        public static Counted? Of(TableEntity row) => EnrollmentKeys.IdOf(row) is not { } id ? null : new(
            row["State"] as string ?? "unreadable", id.Time, (row["StateAt"] as DateTimeOffset?) - (row["CreatedAt"] as DateTimeOffset?),
            (row["Warnings"] as string ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries), row["Cause"] as string);
    }
}
