using System.Globalization;
using Prestage.Functions.Tables;

namespace Prestage.Functions.Enrollments;

/// <summary>
/// Row keys in a month's partition of table Enrollments: <c>s|</c> an enrollment, <c>e|</c> its events, <c>o|</c> a mark that it is open. All three
/// change together in one entity group transaction.
/// </summary>
internal static class EnrollmentKeys
{
    /// <summary>Row key of the enrollment.</summary>
    public static string Enrollment(EnrollmentId id) => $"s|{id.Suffix}";

    /// <summary>Row key of one event.</summary>
    public static string Event(EnrollmentId id, int sequence) => string.Create(CultureInfo.InvariantCulture, $"e|{id.Suffix}|{sequence:D6}");

    /// <summary>The range of row keys that an enrollment's events are in: from the first, up to and without the second.</summary>
    public static (string From, string To) Events(EnrollmentId id) => ($"e|{id.Suffix}|", $"e|{id.Suffix}}}");

    /// <summary>Row key of the mark.</summary>
    public static string Open(EnrollmentId id) => $"o|{id.Suffix}";

    /// <summary>The id of an enrollment's or a mark's row.</summary>
    public static EnrollmentId IdOf(TableEntity row) => EnrollmentId.Parse($"{row.PartitionKey}-{row.RowKey[2..]}");
}
