using System.Threading.RateLimiting;
using Prestage.Functions.JumpCloud;

namespace Prestage.Functions.Devices;

/// <summary>
/// Keeps callers who are not proven yet from spending JumpCloud's patience: 16 of their look-ups at a time, and 300 refused ones a minute and
/// instance.
/// </summary>
internal sealed class RelayLimits(TimeProvider clock) : IDisposable
{
    private const int MostRefusals = 300;

    private readonly ConcurrencyLimiter inFlight = new(new() { PermitLimit = 16, QueueLimit = 64 });
    private readonly Lock counting = new();
    private long minuteStarted;
    private int refusals;

    /// <summary>A place, to be disposed after the look-up. Throws <see cref="DirectoryException"/> (Busy) when there is none.</summary>
    public async Task<IDisposable> EnterAsync(string route, CancellationToken cancellationToken)
    {
        if (TooManyRefusals())
        {
            throw new DirectoryException(DirectoryFailure.Busy, route, null, TimeSpan.FromMinutes(1));
        }

        var permit = await inFlight.AcquireAsync(1, cancellationToken);
        if (permit.IsAcquired)
        {
            return permit;
        }

        permit.Dispose();
        throw new DirectoryException(DirectoryFailure.Busy, route, null, TimeSpan.FromSeconds(2));
    }

    /// <summary>JumpCloud does not know what was asked for, or it belongs to another organization.</summary>
    public void CountRefusal()
    {
        lock (counting)
        {
            if (refusals == 0 || MinuteIsOver())
            {
                (minuteStarted, refusals) = (clock.GetTimestamp(), 0);
            }

            refusals++;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => inFlight.Dispose();

    private bool TooManyRefusals()
    {
        lock (counting)
        {
            return refusals >= MostRefusals && !MinuteIsOver();
        }
    }

    private bool MinuteIsOver() => clock.GetElapsedTime(minuteStarted) >= TimeSpan.FromMinutes(1);
}
