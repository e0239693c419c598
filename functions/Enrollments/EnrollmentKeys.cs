using System.Globalization;
using Prestage.Functions.Tables;

namespace Prestage.Functions.Enrollments;

/// <summary>
/// Row keys in a month's partition of table Enrollments: <c>s|</c> an enrollment, <c>e|</c> its events, <c>o|</c> a mark that the
/// timer has to see it, <c>p|</c> a person's enrollments that would set a password. They change together in one entity group transaction.
/// </summary>
internal static class EnrollmentKeys
{
    /// <summary>Every enrollment's row key is this or greater, and less than <see cref="End"/>.</summary>
    public const string First = "s|";

    /// <summary>The first row key behind all enrollments.</summary>
    public const string End = "s}";

    /// <summary>Row key of the enrollment.</summary>
    public static string Enrollment(EnrollmentId id) => $"{First}{id.Suffix}";

    /// <summary>The first row key that an enrollment created before that moment can have.</summary>
    public static string FirstBefore(DateTimeOffset time) => $"{First}{EnrollmentId.Inverted(time.AddTicks(-1))}";

    /// <summary>Whether that row key can be an enrollment's.</summary>
    public static bool IsEnrollment(string month, string rowKey) =>
        rowKey.StartsWith(First, StringComparison.Ordinal) && EnrollmentId.TryParse($"{month}-{rowKey[First.Length..]}", out _);

    /// <summary>Row key of one event.</summary>
    public static string Event(EnrollmentId id, int sequence) => string.Create(CultureInfo.InvariantCulture, $"e|{id.Suffix}|{sequence:D6}");

    /// <summary>The range of row keys that an enrollment's events are in: from the first, up to and without the second.</summary>
    public static (string From, string To) Events(EnrollmentId id) => ($"e|{id.Suffix}|", $"e|{id.Suffix}}}");

    /// <summary>Row key of the mark.</summary>
    public static string Open(EnrollmentId id) => $"o|{id.Suffix}";

    /// <summary>Row key of a person's enrollments that would set a password.</summary>
    public static string Person(string userId) => $"p|{userId}";

    /// <summary>The id of an enrollment's or a mark's row.</summary>
    public static EnrollmentId IdOf(TableEntity row) => EnrollmentId.Parse($"{row.PartitionKey}-{row.RowKey[2..]}");
}
