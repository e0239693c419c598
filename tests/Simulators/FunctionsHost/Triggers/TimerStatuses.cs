using System.Collections.Concurrent;

namespace Prestage.Simulators.FunctionsHost.Triggers;

/// <summary>When a timer ran last, and when it is due next; <see cref="DateTimeOffset.MinValue"/> where it never ran.</summary>
internal sealed record TimerStatus(DateTimeOffset Last, DateTimeOffset Next);

/// <summary>
/// What the platform keeps of its timers beside the app (<c>useMonitor</c>), by the function's name. Safe for concurrent use.
/// </summary>
internal sealed class TimerStatuses
{
    private readonly ConcurrentDictionary<string, TimerStatus> statuses = new();

    /// <summary>What is known of a timer; null where nothing is.</summary>
    public TimerStatus? Find(string function) => statuses.GetValueOrDefault(function);

    public void Set(string function, TimerStatus status) => statuses[function] = status;
}
