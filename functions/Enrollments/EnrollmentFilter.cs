using Azure.Data.Tables;

namespace Prestage.Functions.Enrollments;

/// <summary>Which enrollments are wanted; the storage itself sorts them out.</summary>
/// <param name="States">Empty: all.</param>
/// <param name="From">With that time in its id or a later one.</param>
/// <param name="To">With an earlier time in its id.</param>
internal sealed record EnrollmentFilter(IReadOnlyList<EnrollmentState> States, DateTimeOffset? From = null, DateTimeOffset? To = null)
{
    /// <summary>Every enrollment.</summary>
    public static readonly EnrollmentFilter All = new([]);

    /// <summary>The filter for what lies behind a position in its month.</summary>
    public string Behind(EnrollmentPosition position)
    {
        // Row keys count down: what was created later comes first.
        var first = To is { } to ? EnrollmentKeys.FirstBefore(to) : EnrollmentKeys.First;
        var end = From is { } from ? EnrollmentKeys.FirstBefore(from) : EnrollmentKeys.End;
        var start = position.After is { } after && string.CompareOrdinal(after, first) >= 0
            ? TableClient.CreateQueryFilter($"RowKey gt {after}")
            : TableClient.CreateQueryFilter($"RowKey ge {first}");
        var rows = $"{TableClient.CreateQueryFilter($"PartitionKey eq {position.Month}")} and {start} and {TableClient.CreateQueryFilter($"RowKey lt {end}")}";
        return States.Count == 0
            ? rows
            : $"{rows} and ({string.Join(" or ", States.Select(state => TableClient.CreateQueryFilter($"State eq {EnrollmentNames.Of(state)}")))})";
    }
}
