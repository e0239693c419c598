using Prestage.Functions.Hosting;
using Prestage.Functions.JumpCloud;

namespace Prestage.Functions.Health;

/// <summary>One look at one or more dependencies, which are then posted to the board; it throws nothing that a dependency may do.</summary>
internal interface IDependencyCheck
{
    /// <summary>Looks, within the time limits of its clients.</summary>
    Task LookAsync(DependencyBoard board, CancellationToken cancellationToken);
}

/// <summary>
/// Looks at the dependencies in the background: soon after the start, every <c>Hosting__WatchEvery</c>, every minute while something is wrong, and
/// when a call has failed on one of them, or gets through again; at most once in three seconds, in fifteen while something is wrong.
/// </summary>
internal sealed partial class HealthWatch(
    IEnumerable<IDependencyCheck> checks, DependencyBoard board, HostingOptions options, TimeProvider clock, ILogger<HealthWatch> log) : BackgroundService
{
    // The first person of a cold start comes first.
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WhileWrong = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(3);

    // Neither many calls nor somebody's forged ones may make us hammer what is in trouble.
    private static readonly TimeSpan BetweenLooksWhileWrong = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private TaskCompletionSource nudged = NewSignal();
    private Task looking = Task.CompletedTask;
    private CancellationToken stopping;
    private long? lookedAt;

    /// <summary>When the last look ended; null before the first.</summary>
    public DateTimeOffset? LookedAt { get; private set; }

    private bool IsWell => board.Worst == DependencyStatus.Ok;

    /// <summary>A call has failed on a dependency: it is looked at now. What no look can see is kept from the call itself.</summary>
    public void Doubt(Exception failed)
    {
        if (failed is DirectoryException { Failure: DirectoryFailure.KeyRefused, Status: 403, Route: not ServiceAccountTokens.Route and var route })
        {
            board.Post(DirectoryCheck.Role, DirectoryFindings.OfRole(route));
        }

        Nudge();
    }

    /// <summary>A call has used dependencies and was answered: what was wrong may be mended.</summary>
    public void Hope()
    {
        if (LookedAt is not null && board.Worst == DependencyStatus.Down)
        {
            Nudge();
        }
    }

    /// <summary>Looks again where the picture is old, or something was wrong in it; waits for that no longer than it is told.</summary>
    public async Task RefreshAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        TimeSpan? age = lookedAt is { } last ? clock.GetElapsedTime(last) : null;
        var isFresh = age < BetweenLooks || (age < options.WatchEvery && IsWell);
        if (isFresh && looking.IsCompleted)
        {
            return;
        }

        try
        {
            await LookAsync().WaitAsync(longest, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The look goes on; until it ends the earlier picture is the best there is.
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        stopping = stoppingToken;
        if (options.WatchEvery == TimeSpan.Zero)
        {
            return;
        }

        await Task.Delay(AfterStart, clock, stoppingToken);
        while (true)
        {
            lock (gate)
            {
                nudged = NewSignal();
            }

            await LookAsync().WaitAsync(stoppingToken);
            await WaitAsync(IsWell || options.WatchEvery < WhileWrong ? options.WatchEvery : WhileWrong, stoppingToken);
            await Task.Delay(IsWell ? BetweenLooks : BetweenLooksWhileWrong, clock, stoppingToken);
        }
    }

    private void Nudge()
    {
        lock (gate)
        {
            nudged.TrySetResult();
        }
    }

    private async Task WaitAsync(TimeSpan pace, CancellationToken cancellationToken)
    {
        try
        {
            await nudged.Task.WaitAsync(pace, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nobody had a reason to look before.
        }
    }

    // One look for all who ask at the same time. It is nobody's own: it counts in no call's costs, and goes on when its caller is gone.
    private Task LookAsync()
    {
        lock (gate)
        {
            if (looking.IsCompleted)
            {
                lookedAt = clock.GetTimestamp();
                using var _ = ExecutionContext.SuppressFlow();
                looking = Task.Run(RunAsync, stopping);
            }

            return looking;
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await Task.WhenAll(checks.Select(check => check.LookAsync(board, stopping)));
            LookedAt = clock.GetUtcNow();
        }
        // A fault of ours must not end the watch, and with it the program: the next look comes.
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            Log.LookFailed(log, exception);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(9303, LogLevel.Error, "The dependencies could not be looked at; it is tried again")]
        public static partial void LookFailed(ILogger log, Exception reason);
    }
}
