namespace Prestage.Functions.Finish;

/// <summary>Wakes the queue pump of the same process when a message of its own becomes visible; with a host above nobody listens.</summary>
internal sealed class FinishSignal(TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim raised = new(0);
    private readonly Lock next = new();
    private readonly long created = clock.GetTimestamp();
    private TimeSpan? nextAt;

    /// <summary>A message becomes visible after the delay.</summary>
    public void Raise(TimeSpan delay)
    {
        var at = clock.GetElapsedTime(created) + delay;
        lock (next)
        {
            nextAt = nextAt is { } earlier && earlier < at ? earlier : at;
        }

        raised.Release();
    }

    /// <summary>Waits until a message of this process should be visible, at most <paramref name="longest"/>.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var until = clock.GetElapsedTime(created) + longest;
        while (true)
        {
            TimeSpan wait;
            lock (next)
            {
                var now = clock.GetElapsedTime(created);
                if (nextAt <= now || until <= now)
                {
                    nextAt = nextAt <= now ? null : nextAt;
                    return;
                }

                wait = (nextAt < until ? nextAt.Value : until) - now;
            }

            await raised.WaitAsync(wait, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => raised.Dispose();
}
