using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Prestage.Functions.Enrollments;

/// <summary>A place in the list of all enrollments, newest first, from which it can be read on.</summary>
/// <param name="Month">Partition key.</param>
/// <param name="After">Row key of the last one that was read; null at the month's beginning.</param>
/// <param name="Token">The storage's own continuation, where it broke off without a row; valid for the same filter only.</param>
internal sealed record EnrollmentPosition(string Month, string? After = null, string? Token = null)
{
    private const int LongestText = 2048;

    /// <summary>The beginning of the month that a moment lies in.</summary>
    public static EnrollmentPosition Of(DateTimeOffset time) => new(time.UtcDateTime.ToString("yyyyMM", CultureInfo.InvariantCulture));

    /// <summary>The month before; null before the calendar's first.</summary>
    public EnrollmentPosition? Older()
    {
        var month = DateTime.ParseExact(Month, "yyyyMM", CultureInfo.InvariantCulture);
        return month == DateTime.MinValue ? null : Of(new(month.AddMonths(-1), TimeSpan.Zero));
    }

    /// <summary>Reads what <see cref="ToString"/> wrote; null for everything else.</summary>
    public static EnrollmentPosition? Parse(string text)
    {
        if (text.Length > LongestText || !Base64Url.IsValid(text))
        {
            return null;
        }

        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('\n') is [var month, var after, var token]
            && DateTime.TryParseExact(month, "yyyyMM", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            && (after.Length == 0 || EnrollmentKeys.IsEnrollment(month, after))
            ? new(month, after.Length > 0 ? after : null, token.Length > 0 ? token : null)
            : null;
    }

    /// <summary>A text for callers, which says nothing to them.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Month}\n{After}\n{Token}"));
}
