namespace Prestage.Shim.Running;

/// <summary>Waits for conditions: quickly at first, then up to every second or two.</summary>
internal static class Poll
{
    private const double Growth = 1.4;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(2);

    /// <summary>The first value that is not null; null at the limit, but not after one try that took as long as that.</summary>
    public static async Task<T?> ForAsync<T>(
        Func<CancellationToken, Task<T?>> read, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
        where T : class
    {
        var start = time.GetTimestamp();
        var once = limit == TimeSpan.Zero;
        for (var pause = First; ; pause = Min(pause * Growth, Slowest))
        {
            if (await read(cancellationToken) is { } found)
            {
                return found;
            }

            var left = limit - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero && once)
            {
                return null;
            }

            once = true;
            await Task.Delay(left > TimeSpan.Zero ? Min(pause, left) : pause, time, cancellationToken);
        }
    }

    /// <summary>Whether the condition came true within the limit.</summary>
    public static async Task<bool> UntilAsync(
        Func<CancellationToken, Task<bool>> holds, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken) =>
        await ForAsync(async token => await holds(token) ? string.Empty : null, limit, time, cancellationToken) is not null;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
