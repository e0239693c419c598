namespace Prestage.Tests.Support;

/// <summary>
/// The real clock, shifted: time can be made to pass, the wall clock can be set alone, and timers still fire in real time, unless they stand.
/// </summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly long started = System.GetTimestamp();
    private TimeSpan shift;
    private TimeSpan wallShift;

    /// <summary>Whether no timer fires that is made from now on.</summary>
    public bool TimersStand { get; set; }

    public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(started) + shift + wallShift;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(shift.TotalSeconds * TimestampFrequency);

    /// <summary>Time passes.</summary>
    public void Advance(TimeSpan time) => shift += time;

    /// <summary>Somebody sets the wall clock; no time passes.</summary>
    public void SetWallClock(TimeSpan by) => wallShift += by;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, TimersStand ? Timeout.InfiniteTimeSpan : dueTime, period);
}
