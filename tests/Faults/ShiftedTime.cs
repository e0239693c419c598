namespace Prestage.Tests.Faults;

/// <summary>A Mac's clock: it runs with the true time, but can be set wrong.</summary>
internal sealed class ShiftedTime(TimeProvider time, Func<TimeSpan> ahead) : TimeProvider
{
    public override long TimestampFrequency => time.TimestampFrequency;

    public override long GetTimestamp() => time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + ahead();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
