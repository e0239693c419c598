namespace Prestage.Shim.Backend;

/// <summary>
/// The service's time, from the <c>Date</c> header of its answers: a Mac fresh from the box can be years off, and a proof is good for
/// five minutes. Differences within the header's own accuracy are ignored.
/// </summary>
internal sealed class ServiceClock(TimeProvider time)
{
    /// <summary>More than this is worth setting the Mac's clock for: the agent's own signatures are good for so long.</summary>
    public static readonly TimeSpan LargestSkew = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Accuracy = TimeSpan.FromSeconds(2);
    private long offsetTicks;

    /// <summary>How far this Mac's clock is behind the service's.</summary>
    public TimeSpan Offset => new(Interlocked.Read(ref offsetTicks));

    public DateTimeOffset Now => time.GetUtcNow() + Offset;

    public void Observe(DateTimeOffset date)
    {
        var difference = date - time.GetUtcNow();
        Interlocked.Exchange(ref offsetTicks, difference.Duration() > Accuracy ? difference.Ticks : 0);
    }
}
