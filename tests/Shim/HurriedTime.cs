namespace Prestage.Tests.Shim;

/// <summary>The real clock, some hundred times as fast: long waits in a test's moment, in their right proportion.</summary>
internal sealed class HurriedTime(int factor) : TimeProvider
{
    private readonly long started = System.GetTimestamp();
    private readonly DateTimeOffset start = System.GetUtcNow();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => started + ((System.GetTimestamp() - started) * factor);

    public override DateTimeOffset GetUtcNow() => start + GetElapsedTime(started);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Shorten(dueTime), Shorten(period));

    private TimeSpan Shorten(TimeSpan time) => time > TimeSpan.Zero ? time / factor : time;
}
