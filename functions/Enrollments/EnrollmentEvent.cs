using Azure.Data.Tables;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Enrollments;

/// <summary>Something that happened to an enrollment or a Mac: when, who did it, what. Never a secret.</summary>
/// <param name="Actor"><c>mac</c>, <c>backend</c> or an operator's name; <see cref="By"/> tells which of the three.</param>
/// <param name="Code">Stable and short, such as <c>verified</c>.</param>
/// <param name="Detail">A sentence for operators.</param>
internal sealed record EnrollmentEvent(DateTimeOffset At, string Actor, string Code, string? Detail = null)
{
    /// <summary>The actor of what a Mac did.</summary>
    public const string Mac = "mac";

    /// <summary>The actor of what the program did.</summary>
    public const string Backend = "backend";

    /// <summary>Who acted. An operator's events are made by <c>Operator.Did</c>, so that no name passes as the Mac or the program.</summary>
    public ActorKind By { get; init; } = KindOf(Actor);

    /// <summary>The Mac's own step, for reports.</summary>
    public string? Step { get; init; }

    /// <summary><c>info</c>, <c>warning</c> or <c>error</c></summary>
    public string Level { get; init; } = "info";

    /// <summary>The code of an event whose row cannot be read.</summary>
    public const string Unreadable = "event-unreadable";

    /// <summary>From an event's row. One that cannot be read is an event too, which says so.</summary>
    public static EnrollmentEvent FromEntity(TableEntity row)
    {
        var read = new RowReader(row);
        var found = read.Found(new EnrollmentEvent(read.Time("At"), read.Text("Actor"), read.Text("Code"), read.OptionalText("Detail"))
        {
            Step = read.OptionalText("Step"),
            Level = read.Text("Level"),
            By = read.OptionalParsed("ActorKind", KindNamed, "operator, mac or backend") ?? KindOf(row["Actor"] as string),
        });
        var at = row["At"] as DateTimeOffset? ?? row.Timestamp ?? default;
        return found.Row ?? new(at, "backend", Unreadable, found.Unreadable) { Level = "warning" };
    }

    /// <summary>Writes the event's properties.</summary>
    public void WriteTo(TableEntity row)
    {
        row["At"] = At;
        row["Actor"] = Actor;
        row["ActorKind"] = By.ToString().ToLowerInvariant();
        row["Code"] = Code;
        row["Level"] = Level;
        if (Detail is not null)
        {
            row["Detail"] = Detail;
        }

        if (Step is not null)
        {
            row["Step"] = Step;
        }
    }

    private static ActorKind? KindNamed(string text) => Enum.TryParse<ActorKind>(text, ignoreCase: true, out var kind) ? kind : null;

    private static ActorKind KindOf(string? actor) => actor switch
    {
        Mac => ActorKind.Mac,
        Backend => ActorKind.Backend,
        _ => ActorKind.Operator,
    };
}
