using System.Text.RegularExpressions;
using Prestage.Functions.Enrollments;

namespace Prestage.Functions.Devices;

/// <summary>Some of a subject's events, newest first.</summary>
/// <param name="Next">Where the next page begins; null at the end.</param>
internal sealed record EventPage(IReadOnlyList<EnrollmentEvent> Events, EventPosition? Next);

/// <summary>
/// Where an event stands among those of its subject. Row key <c>e|&lt;inverted ticks&gt;-&lt;random&gt;</c>, newest first; what operators did has a <c>+</c>
/// before the ticks, a range of its own that nothing a Mac does can lengthen.
/// </summary>
internal sealed partial record EventPosition
{
    private const string Prefix = "e|";
    private const char OfOperators = '+';

    private EventPosition(string text) => Text = text;

    /// <summary>The row key.</summary>
    public string RowKey => $"{Prefix}{Text}";

    /// <summary>Whether it is an operator's event.</summary>
    public bool IsOperators => Text[0] == OfOperators;

    private string Text { get; }

    /// <summary>The place of a new event.</summary>
    public static EventPosition New(EnrollmentEvent happened) =>
        new($"{(happened.By == ActorKind.Operator ? "+" : "")}{EnrollmentId.Inverted(happened.At)}-{EnrollmentId.RandomText()}");

    /// <summary>Whether that is the row key of an event of ours; a row that somebody else put there is none.</summary>
    public static bool IsKey(string rowKey) => rowKey.StartsWith(Prefix, StringComparison.Ordinal) && Parse(rowKey[Prefix.Length..]) is not null;

    /// <summary>The place of a stored event.</summary>
    public static EventPosition Of(string rowKey) => new(rowKey[Prefix.Length..]);

    /// <summary>What <see cref="ToString"/> gave; null for anything else.</summary>
    public static EventPosition? Parse(string text) => Shape().IsMatch(text) ? new(text) : null;

    /// <summary>The row keys of operators' events or of all others: from the first, up to and without the second.</summary>
    public static (string From, string To) Range(bool ofOperators) => ofOperators ? ($"{Prefix}+", $"{Prefix},") : ($"{Prefix}0", "e}");

    /// <inheritdoc/>
    public override string ToString() => Text;

    [GeneratedRegex("^\\+?[0-9a-f]{16}-[a-z2-7]{16}\\z")]
    private static partial Regex Shape();
}
