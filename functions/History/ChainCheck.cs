using Prestage.Functions.Enrollments;
using Prestage.Functions.Tables;
using static Prestage.Functions.History.EnrollmentChain;

namespace Prestage.Functions.History;

/// <summary>Checks a stored history from its first event to the row.</summary>
internal static class ChainCheck
{
    /// <summary>The verdict; no content of any row makes it throw.</summary>
    public static ChainVerdict Run(EventKeyring keys, EnrollmentId id, TableEntity? row, IReadOnlyList<TableEntity> events)
    {
        if (row is null)
        {
            return Broken(events.Count, "The enrollment's row is missing.");
        }

        ChainVerdict? gap = null;
        for (var i = 0; i < events.Count; i++)
        {
            var before = i == 0 ? null : events[i - 1];
            if (WrongEvent(keys, id, i, before, events[i], row) is { } wrong)
            {
                return Broken(i, wrong);
            }

            gap ??= Gap(keys, i, events[i][Key]);
        }

        return WrongRow(keys, row, events) ?? gap ?? new(ChainStatus.Intact);
    }

    private static string? WrongEvent(EventKeyring keys, EnrollmentId id, int sequence, TableEntity? before, TableEntity happened, TableEntity row) => happened switch
    {
        _ when happened.RowKey != EnrollmentKeys.Event(id, sequence) => "An event is missing here, or one was put in.",
        _ when !KeyIsKnown(keys, happened[Key]) => "The event is sealed with a key that is not in the vault.",
        _ when !Checkable(keys, happened[Key]) => null,
        _ when !Same(LinkOf(KeyOf(keys, happened[Key]), happened, row, before?[Link] as string), happened[Link]) =>
            "The event, the one before it, or whose enrollment it is was changed.",
        _ when !FoundFits(before, happened) => "Before this event the enrollment's row was changed.",
        _ => null,
    };

    private static ChainVerdict? WrongRow(EventKeyring keys, TableEntity row, IReadOnlyList<TableEntity> events)
    {
        if (row[Events] is not int count || count != events.Count || count == 0)
        {
            return Broken(Math.Min(events.Count, row[Events] as int? ?? 0), "The number of events is not the one that the enrollment's row tells.");
        }

        var last = events[^1];
        var follows = Equals(row[Link], last[Link]) && Equals(row[Key], last[Key]) && Equals(row[State], last[State]) && Equals(row[Attempt], last[Attempt]);
        return follows && (!Checkable(keys, row[Key]) || Same(SealOf(KeyOf(keys, row[Key]), row), row[Seal]))
            ? null
            : Broken(count, "The enrollment's row was changed.");
    }

    // What the move found must fit what the event before left: a row stripped of its key, or changed and then moved on, does not.
    private static bool FoundFits(TableEntity? before, TableEntity happened) => (happened[Found] as string) switch
    {
        null => before is null && !happened.ContainsKey(Found),
        RowFound.Intact => before?[Key] is not null && happened[Key] is not null,
        RowFound.Unkeyed => before is not null && before[Key] is null,
        RowFound.Unchecked => before?[Key] is not null && happened[Key] is null,
        _ => false,
    };

    private static ChainVerdict? Gap(EventKeyring keys, int sequence, object? key) => key is null
        ? new(ChainStatus.Unkeyed, sequence, "When this event was written the key could not be read: until the next sealed one anybody could have changed it.")
        : Checkable(keys, key) ? null : new(ChainStatus.Unkeyed, sequence, "The key cannot be read now: nothing can be checked.");

    private static bool KeyIsKnown(EventKeyring keys, object? id) => id is null || keys.Current is null || KeyOf(keys, id) is not null;

    private static bool Checkable(EventKeyring keys, object? id) => id is null || KeyOf(keys, id) is not null;

    private static EventKey? KeyOf(EventKeyring keys, object? id) => id is string text ? keys.Find(text) : null;

    private static ChainVerdict Broken(int at, string why) => new(ChainStatus.Broken, at, why);
}
