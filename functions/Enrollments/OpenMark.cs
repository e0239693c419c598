using Azure.Data.Tables;

namespace Prestage.Functions.Enrollments;

/// <summary>A mark that an enrollment is open, as the timer finds it.</summary>
/// <param name="Key">Partition and row key, for the log.</param>
/// <param name="Id">Which enrollment; null where the mark cannot be read.</param>
/// <param name="Waiting">When its finishing last said that it waits for JumpCloud; null where it never did.</param>
internal sealed record OpenMark(string Key, EnrollmentId? Id, DateTimeOffset? Waiting)
{
    /// <summary>The property.</summary>
    public const string WaitingAt = "WaitingAt";

    /// <summary>The row of an enrollment's mark.</summary>
    public static TableEntity RowOf(EnrollmentId id) => new(id.Month, EnrollmentKeys.Open(id));

    /// <summary>From its row.</summary>
    public static OpenMark Of(TableEntity mark) =>
        new($"{mark.PartitionKey} / {mark.RowKey}", EnrollmentKeys.IdOf(mark), mark[WaitingAt] as DateTimeOffset?);
}
