using Azure.Core;
using Azure.Core.Pipeline;

namespace Prestage.Functions.Storage;

/// <summary>
/// Azure.Core's three further tries, but none that would begin when the call has taken <paramref name="longest"/> already: a silent service
/// must not keep a call for four times a try's limit.
/// </summary>
/// <param name="firstDelay">
/// The wait before the second try, then twice as long each time, with jitter. A service's <c>Retry-After</c> goes first.
/// </param>
internal sealed class StorageRetryPolicy(TimeSpan firstDelay, TimeSpan longest, TimeProvider clock)
    : RetryPolicy(3, DelayStrategy.CreateExponentialDelayStrategy(firstDelay, LongestDelay))
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        message.SetProperty(typeof(StorageRetryPolicy), clock.GetTimestamp());
        return base.ProcessAsync(message, pipeline);
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        message.TryGetProperty(typeof(StorageRetryPolicy), out var begun) && clock.GetElapsedTime((long)begun!) < longest
        && await base.ShouldRetryAsync(message, exception);
}
