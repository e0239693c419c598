using Azure.Data.Tables;
using Prestage.Functions.Enrollments;
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
            var keyTold = i + 1 < events.Count ? events[i + 1][FoundKey] : row[Key];
            if (WrongEvent(keys, id, i, before, events[i], keyTold) is { } wrong)
            {
                return Broken(i, wrong);
            }

            gap ??= Gap(keys, i, events[i]);
        }

        return WrongRow(keys, row, events) ?? gap ?? new(ChainStatus.Intact);
    }

    private static string? WrongEvent(
        EventKeyring keys, EnrollmentId id, int sequence, TableEntity? before, TableEntity happened, object? keyTold) => happened switch
    {
        _ when happened.RowKey != EnrollmentKeys.Event(id, sequence) => "An event is missing here, or one was put in.",
        _ when Checkable(keys, happened[Key])
            && !Same(LinkOf(KeyOf(keys, happened[Key]), happened, before?[Link] as string), happened[Link]) =>
            "The event, or the one before it, was changed.",
        _ when !Checkable(keys, happened[Key]) && !Equals(happened[Key], keyTold) => "The event names another key than it was sealed with.",
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
        var follows = new[] { Link, Key, State, Attempt }.All(name => Equals(row[name], last[name]))
            && Whose.All(name => Equals(row[name], events.LastOrDefault(happened => happened[name] is not null)?[name]));
        return follows && (!Checkable(keys, row[Key]) || Same(SealOf(KeyOf(keys, row[Key]), row), row[Seal]))
            ? null
            : Broken(count, "The enrollment's row was changed.");
    }

    // What the move found must fit what the event before left: a row stripped of its key, or changed and then moved on, does not.
    private static bool FoundFits(TableEntity? before, TableEntity happened) => Equals(happened[FoundKey], before?[Key])
        && happened[Found] switch
        {
            null => before is null,
            RowFound.Intact => before?[Key] is not null && happened[Key] is not null,
            RowFound.Unkeyed => before is not null && before[Key] is null,
            RowFound.Unchecked => before?[Key] is not null,
            _ => false,
        };

    private static ChainVerdict? Gap(EventKeyring keys, int sequence, TableEntity happened) => happened[Key] switch
    {
        null => new(
            ChainStatus.Unkeyed, sequence,
            "When this event was written the key could not be read: until the next sealed one anybody could have changed it."),
        _ when keys.Current is null => new(ChainStatus.Unchecked, sequence, "The key cannot be read now: nothing can be checked."),
        var key when !Checkable(keys, key) => new(
            ChainStatus.Unchecked, sequence,
            "The event is sealed with a key that is not in the vault: put that key behind the present one to check it."),
        _ when happened[Found] is RowFound.Unchecked => new(
            ChainStatus.Unchecked, sequence,
            "Who wrote this event did not know the key of the row before: whether that row was changed is not known."),
        _ => null,
    };

    private static bool Checkable(EventKeyring keys, object? id) => id is null || KeyOf(keys, id) is not null;

    private static EventKey? KeyOf(EventKeyring keys, object? id) => id is string text ? keys.Find(text) : null;

    private static ChainVerdict Broken(int at, string why) => new(ChainStatus.Broken, at, why);
}
