using Azure.Data.Tables;
using Prestage.Functions.Enrollments;
using static Prestage.Functions.History.EnrollmentChain;

namespace Prestage.Functions.History;

/// <summary>
/// Checks a stored history from its first event to the row. It takes one event after the other and keeps the last two, so that no length of
/// a history costs memory.
/// </summary>
internal sealed class ChainCheck(EnrollmentId id)
{
    private readonly Dictionary<string, object> told = [];
    private ChainVerdict? broken;
    private ChainVerdict? gap;
    private TableEntity? before;
    private TableEntity? last;
    private EventKeyring keysOfLast = EventKeyring.None;

    /// <summary>How many events were taken.</summary>
    public int Count { get; private set; }

    /// <summary>The verdict on a whole history; no content of any row makes it throw.</summary>
    public static ChainVerdict Run(EventKeyring keys, EnrollmentId id, TableEntity? row, IReadOnlyList<TableEntity> events)
    {
        var check = new ChainCheck(id);
        foreach (var happened in events)
        {
            check.Take(keys, happened);
        }

        return check.Verdict(keys, row);
    }

    /// <summary>Takes the next event.</summary>
    public void Take(EventKeyring keys, TableEntity happened)
    {
        if (last is not null)
        {
            broken ??= WrongLast(happened[FoundKey]);
            gap ??= Gap(keysOfLast, Count - 1, last);
        }

        (before, last, keysOfLast) = (last, happened, keys);
        Count++;
        foreach (var name in Whose)
        {
            if (happened[name] is { } value)
            {
                told[name] = value;
            }
        }
    }

    /// <summary>The verdict where the event that was taken last is the last one of all.</summary>
    public ChainVerdict Verdict(EventKeyring keys, TableEntity? row) => row is null
        ? Broken(Count, "The enrollment's row is missing.")
        : broken
            ?? (last is null ? null : WrongLast(row[Key]))
            ?? WrongRow(keys, row)
            ?? gap
            ?? (last is null ? null : Gap(keysOfLast, Count - 1, last))
            ?? new(ChainStatus.Intact);

    private ChainVerdict? WrongLast(object? keyTold) =>
        WrongEvent(keysOfLast, id, Count - 1, before, last!, keyTold) is { } wrong ? Broken(Count - 1, wrong) : null;

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

    private ChainVerdict? WrongRow(EventKeyring keys, TableEntity row)
    {
        if (row[Events] is not int count || count != Count || last is null)
        {
            return Broken(Math.Min(Count, row[Events] as int? ?? 0), "The number of events is not the one that the enrollment's row tells.");
        }

        var follows = new[] { Link, Key, State, Attempt }.All(name => Equals(row[name], last[name]))
            && Whose.All(name => Equals(row[name], told.GetValueOrDefault(name)));
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
