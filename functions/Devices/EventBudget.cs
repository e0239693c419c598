using Prestage.Functions.Enrollments;

namespace Prestage.Functions.Devices;

/// <summary>
/// Bounds what one Mac can make us keep, whatever it proves itself with: 120 events an hour, of which 60 of one kind, so that the flood of one
/// kind does not hide another; and 10 passwords. Counted in memory, for each instance alone: a bound in the table would cost each refusal a
/// read more, instances are few, and the log has every refusal either way. The memory is that of the Macs of one hour.
/// </summary>
internal sealed class EventBudget(TimeProvider clock)
{
    /// <summary>Events of all kinds of one Mac, hour and instance.</summary>
    public const int MostInAnHour = 120;

    /// <summary>Events of one kind of one Mac, hour and instance.</summary>
    public const int MostOfAKindInAnHour = 60;

    /// <summary>Passwords that one Mac may send to JumpCloud in an hour by one instance.</summary>
    public const int MostPasswordsInAnHour = 10;

    private const string NoMore = "further ones of this hour are in the log only";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Lock counting = new();
    private readonly Dictionary<string, MacCounts> counts = [];
    private long hourStarted;

    /// <summary>How long until every Mac has its whole budget again.</summary>
    public TimeSpan UntilNextHour
    {
        get
        {
            lock (counting)
            {
                return TimeSpan.FromTicks(Math.Max(0, (Hour - clock.GetElapsedTime(hourStarted)).Ticks));
            }
        }
    }

    /// <summary>The event as it is to be kept, the last one with a note that it is the last; null where the budget is used up.</summary>
    public EnrollmentEvent? Admit(string systemId, string kind, EnrollmentEvent happened)
    {
        lock (counting)
        {
            var mac = Of(systemId);
            var ofKind = mac.Kinds.GetValueOrDefault(kind);
            if (mac.Events >= MostInAnHour || ofKind >= MostOfAKindInAnHour)
            {
                return null;
            }

            mac.Events++;
            mac.Kinds[kind] = ++ofKind;
            var isLast = mac.Events == MostInAnHour || ofKind == MostOfAKindInAnHour;
            return isLast ? happened with { Detail = happened.Detail is null ? NoMore : $"{happened.Detail} ({NoMore})" } : happened;
        }
    }

    /// <summary>Whether the Mac may send one more password to JumpCloud; it is counted.</summary>
    public bool TryTakePassword(string systemId)
    {
        lock (counting)
        {
            var mac = Of(systemId);
            if (mac.Passwords >= MostPasswordsInAnHour)
            {
                return false;
            }

            mac.Passwords++;
            return true;
        }
    }

    private MacCounts Of(string systemId)
    {
        if (counts.Count == 0 || clock.GetElapsedTime(hourStarted) >= Hour)
        {
            counts.Clear();
            hourStarted = clock.GetTimestamp();
        }

        return counts.TryGetValue(systemId, out var mac) ? mac : counts[systemId] = new();
    }

    private sealed class MacCounts
    {
        public Dictionary<string, int> Kinds { get; } = [];

        public int Events { get; set; }

        public int Passwords { get; set; }
    }
}
