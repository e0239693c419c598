using Azure;
using Azure.Data.Tables;

namespace Prestage.Functions.Enrollments;

/// <summary>
/// The mark that the timer has to see an enrollment. Of a finishing one it says which message of its attempt is the live one.
/// </summary>
/// <param name="Key">Partition and row key, for the log.</param>
/// <param name="Id">Which enrollment; null where the mark cannot be read.</param>
/// <param name="Attempt">The attempt whose messages are counted; null where none was begun.</param>
/// <param name="Turn">The number of the live message within the attempt, from 1.</param>
/// <param name="DueAt">When that message was to be delivered; null where none was put.</param>
/// <param name="Taker">Whose write gave the turn, so that a lost answer is no lost race.</param>
internal sealed record OpenMark(string Key, EnrollmentId? Id, int? Attempt, int Turn, DateTimeOffset? DueAt, string? Taker, ETag ETag)
{
    /// <summary>The property of <see cref="DueAt"/>.</summary>
    public const string DueAtName = "DueAt";

    /// <summary>The row of an enrollment's mark.</summary>
    public static TableEntity RowOf(EnrollmentId id) => new(id.Month, EnrollmentKeys.Open(id));

    /// <summary>The row of the mark of an enrollment that has just come into its state or attempt.</summary>
    public static TableEntity RowOf(EnrollmentRow enrollment) => enrollment.State == EnrollmentState.Finishing
        ? RowOf(enrollment.Id, enrollment.Attempt, 1, enrollment.StateAt, null)
        : RowOf(enrollment.Id);

    /// <summary>From its row.</summary>
    public static OpenMark Of(TableEntity mark) => new(
        $"{mark.PartitionKey} / {mark.RowKey}", EnrollmentKeys.IdOf(mark), mark["Attempt"] as int?, mark["Turn"] as int? ?? 1,
        mark[DueAtName] as DateTimeOffset?, mark["Taker"] as string, mark.ETag);

    /// <summary>Whether the turn is one of that attempt.</summary>
    public bool IsOf(int attempt) => Attempt is null || Attempt == attempt;

    /// <summary>The row of the next turn of an attempt.</summary>
    public TableEntity Next(EnrollmentRow enrollment, DateTimeOffset dueAt, string taker) =>
        RowOf(enrollment.Id, enrollment.Attempt, Turn + 1, dueAt, taker);

    private static TableEntity RowOf(EnrollmentId id, int attempt, int turn, DateTimeOffset dueAt, string? taker)
    {
        var row = RowOf(id);
        row["Attempt"] = attempt;
        row["Turn"] = turn;
        row[DueAtName] = dueAt;
        if (taker is not null)
        {
            row["Taker"] = taker;
        }

        return row;
    }
}
