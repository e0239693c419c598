namespace Prestage.Functions.Devices;

/// <summary>What may still be kept of one kind of event of one Mac in this hour.</summary>
internal enum EventRoom
{
    /// <summary>There is room.</summary>
    Enough,

    /// <summary>This is the last one.</summary>
    Last,

    /// <summary>There is none.</summary>
    None,
}

/// <summary>
/// Bounds how many events a Mac can make us keep: 60 an hour of each kind, so that the flood of one kind does not hide another. Counted in memory,
/// for each instance by itself: a bound in the table would cost each refusal a read more, instances are few, and the log has every refusal
/// either way. The memory is that of the Macs of one hour.
/// </summary>
internal sealed class EventBudget(TimeProvider clock)
{
    /// <summary>Events of one kind, Mac, hour and instance.</summary>
    public const int MostInAnHour = 60;

    private readonly Lock counting = new();
    private readonly Dictionary<(string SystemId, string Kind), int> counts = [];
    private DateTimeOffset since;

    /// <summary>Takes one.</summary>
    public EventRoom Take(string systemId, string kind)
    {
        lock (counting)
        {
            var now = clock.GetUtcNow();
            if (now - since >= TimeSpan.FromHours(1))
            {
                counts.Clear();
                since = now;
            }

            var count = counts[(systemId, kind)] = Math.Min(counts.GetValueOrDefault((systemId, kind)) + 1, MostInAnHour + 1);
            return count < MostInAnHour ? EventRoom.Enough : count == MostInAnHour ? EventRoom.Last : EventRoom.None;
        }
    }
}
