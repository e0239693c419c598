namespace Prestage.Tests.Support;

/// <summary>The real clock, shifted: time can be made to pass, and timers still fire in real time.</summary>
internal sealed class ManualClock(DateTimeOffset start) : TimeProvider
{
    private readonly long started = System.GetTimestamp();
    private TimeSpan shift;

    public override DateTimeOffset GetUtcNow() => start + System.GetElapsedTime(started) + shift;

    public void Advance(TimeSpan time) => shift += time;
}
