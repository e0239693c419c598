using Prestage.Functions.Tables;

namespace Prestage.Functions.Enrollments;

/// <summary>Something that happened to an enrollment or a Mac: when, who did it, what. Never a secret.</summary>
/// <param name="Actor"><c>mac</c>, <c>backend</c> or an operator's name.</param>
/// <param name="Code">Stable and short, such as <c>verified</c>.</param>
/// <param name="Detail">A sentence for operators.</param>
internal sealed record EnrollmentEvent(DateTimeOffset At, string Actor, string Code, string? Detail = null)
{
    /// <summary>The Mac's own step, for reports.</summary>
    public string? Step { get; init; }

    /// <summary><c>info</c>, <c>warning</c> or <c>error</c></summary>
    public string Level { get; init; } = "info";

    /// <summary>From an event's row; what is missing there is empty here.</summary>
    public static EnrollmentEvent FromEntity(TableEntity row) => new(
        row["At"] as DateTimeOffset? ?? default, row["Actor"] as string ?? string.Empty, row["Code"] as string ?? string.Empty, row["Detail"] as string)
    {
        Step = row["Step"] as string,
        Level = row["Level"] as string ?? "info",
    };

    /// <summary>Writes the event's properties.</summary>
    public void WriteTo(TableEntity row)
    {
        row["At"] = At;
        row["Actor"] = Actor;
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
}
