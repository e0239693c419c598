using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Prestage.Functions.Hosting.Pipeline;

/// <summary>
/// Counts what runs, and lets it end when the program stops, within <see cref="HostOptions.ShutdownTimeout"/>. The worker itself waits for
/// HTTP calls alone. Safe for concurrent use.
/// </summary>
internal sealed class RunningInvocations : IHostedService
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);
    private int count;

    public void Enter() => Interlocked.Increment(ref count);

    public void Leave() => Interlocked.Decrement(ref count);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref count) > 0)
        {
            await Task.Delay(Poll, cancellationToken);
        }

        // An answer leaves after its function.
        await Task.Delay(Poll, cancellationToken);
    }
}

/// <summary>Outermost: counts what runs.</summary>
internal sealed class RunningInvocationsMiddleware(RunningInvocations running) : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        running.Enter();
        try
        {
            await next(context);
        }
        finally
        {
            running.Leave();
        }
    }
}
