namespace Prestage.Functions.Hosting;

/// <summary>
/// When work in the background may begin: after the first answer, which the Functions host waits for on every new instance, or 200 ms after the program
/// listens where nobody asks (docs/decisions, start time).
/// </summary>
internal sealed class FirstAnswer(IHostApplicationLifetime lifetime, TimeProvider clock)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(200);
    private readonly TaskCompletionSource given = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>There is an answer, or a call that needs what the background makes: nothing waits any longer.</summary>
    public void Given() => given.TrySetResult();

    /// <summary>Waits until the work may begin.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var started = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task.WaitAsync(cancellationToken);
        try
        {
            await given.Task.WaitAsync(LongestWait, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nobody asks.
        }
    }
}
