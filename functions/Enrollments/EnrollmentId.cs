using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Prestage.Functions.Enrollments;

/// <summary>
/// <c>&lt;yyyyMM&gt;-&lt;inverted ticks, 16 hex&gt;-&lt;16 random&gt;</c>: the month is the partition key, the rest the row key, newest first.
/// </summary>
internal readonly record struct EnrollmentId
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int RandomLength = 16;
    private const int Length = 6 + 1 + 16 + 1 + RandomLength;

    private EnrollmentId(string text) => Text = text;

    /// <summary>Partition key: the month of creation.</summary>
    public string Month => Text[..6];

    /// <summary>What the row keys of the enrollment and of its events have in common.</summary>
    public string Suffix => Text[7..];

    /// <summary>The time in it: when the Mac was pointed to this enrollment.</summary>
    public DateTimeOffset Time => new(
        Math.Clamp(
            DateTimeOffset.MaxValue.UtcTicks - long.Parse(Text.AsSpan(7, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            DateTimeOffset.MinValue.UtcTicks, DateTimeOffset.MaxValue.UtcTicks),
        TimeSpan.Zero);

    private string Text { get; }

    /// <summary>A new id; nobody can guess it.</summary>
    public static EnrollmentId Create(DateTimeOffset now)
    {
        var month = now.UtcDateTime.ToString("yyyyMM", CultureInfo.InvariantCulture);
        return new($"{month}-{Inverted(now)}-{RandomText()}");
    }

    /// <summary>The second part: less for what is later.</summary>
    public static string Inverted(DateTimeOffset time) =>
        (DateTimeOffset.MaxValue.UtcTicks - time.UtcTicks).ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>16 random characters, 80 bits.</summary>
    public static string RandomText() => RandomNumberGenerator.GetString(Alphabet, RandomLength);

    /// <summary>Reads an id; every other shape is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out EnrollmentId id)
    {
        id = default;
        if (text is not { Length: Length } || text[6] != '-' || text[23] != '-'
            || !text.AsSpan(0, 6).ToString().All(char.IsAsciiDigit)
            || !text.AsSpan(7, 16).ToString().All(char.IsAsciiHexDigitLower)
            || !text.AsSpan(24).ToString().All(c => Alphabet.Contains(c, StringComparison.Ordinal)))
        {
            return false;
        }

        id = new(text);
        return true;
    }

    /// <summary>The same; null for every other shape.</summary>
    public static EnrollmentId? Find(string text) => TryParse(text, out var id) ? id : null;

    /// <summary>Reads an id that we wrote ourselves.</summary>
    public static EnrollmentId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("Not an enrollment id.");

    /// <inheritdoc/>
    public override string ToString() => Text;
}
