using System.Globalization;
using Azure.Data.Tables;

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

    private const int FirstLong = 1_000_000;
    private const char Long = 'a';

    /// <summary>Row key of the enrollment.</summary>
    public static string Enrollment(EnrollmentId id) => $"{First}{id.Suffix}";

    /// <summary>The first row key that an enrollment created before that moment can have.</summary>
    public static string FirstBefore(DateTimeOffset time) => $"{First}{EnrollmentId.Inverted(time.AddTicks(-1))}";

    /// <summary>Whether that row key can be an enrollment's.</summary>
    public static bool IsEnrollment(string month, string rowKey) =>
        rowKey.StartsWith(First, StringComparison.Ordinal) && EnrollmentId.TryParse($"{month}-{rowKey[First.Length..]}", out _);

    /// <summary>Row key of one event. Keys sort by sequence: from a million on a letter, which sorts after digits, begins a longer number.</summary>
    public static string Event(EnrollmentId id, int sequence)
    {
        var number = sequence < FirstLong
            ? sequence.ToString("D6", CultureInfo.InvariantCulture)
            : Long + sequence.ToString("D10", CultureInfo.InvariantCulture);
        return $"e|{id.Suffix}|{number}";
    }

    /// <summary>The sequence in an event's row key; null where it is no such key.</summary>
    public static int? SequenceOf(EnrollmentId id, string rowKey)
    {
        var digits = rowKey.AsSpan(Math.Min(rowKey.Length, Events(id).From.Length)).TrimStart(Long);
        var isNumber = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence);
        return isNumber && Event(id, sequence) == rowKey ? sequence : null;
    }

    /// <summary>The range of row keys that an enrollment's events are in: from the first, up to and without the second.</summary>
    public static (string From, string To) Events(EnrollmentId id) => ($"e|{id.Suffix}|", $"e|{id.Suffix}}}");

    /// <summary>Row key of the mark.</summary>
    public static string Open(EnrollmentId id) => $"o|{id.Suffix}";

    /// <summary>Row key of a person's enrollments that would set a password.</summary>
    public static string Person(string userId) => $"p|{userId}";

    /// <summary>The id of an enrollment's or a mark's row; null where its key has none.</summary>
    public static EnrollmentId? IdOf(TableEntity row) =>
        row.RowKey.Length > First.Length ? EnrollmentId.Find($"{row.PartitionKey}-{row.RowKey[First.Length..]}") : null;
}
