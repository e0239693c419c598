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
    private DateTimeOffset minute;
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

    /// <summary>JumpCloud does not know what was asked for.</summary>
    public void CountRefusal()
    {
        lock (counting)
        {
            var now = clock.GetUtcNow();
            if (now - minute >= TimeSpan.FromMinutes(1))
            {
                (minute, refusals) = (now, 0);
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
            return refusals >= MostRefusals && clock.GetUtcNow() - minute < TimeSpan.FromMinutes(1);
        }
    }
}
