using System.Globalization;
using Prestage.Shim.Backend;
using Prestage.Shim.Languages;
using Prestage.Shim.Running;
using Prestage.Wire;

namespace Prestage.Shim.Steps;

/// <summary>
/// The start's first call to the service. A clock that is far off is set meanwhile: over TLS a Mac that is years off gets no answer at all, as no
/// certificate is valid yet or still. Whoever sits before a Mac that gets none is told what to look at.
/// </summary>
internal sealed class FirstContact(StepContext context, string supportCode)
{
    private static readonly TimeSpan BeforeHint = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenHints = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LeastPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BetweenSettings = TimeSpan.FromMinutes(1);
    private long? clockSet;
    private bool isDistrusted;

    /// <summary>Asks until there is an answer.</summary>
    public async Task<HealthResponse?> AskAsync(CancellationToken cancellationToken)
    {
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var hints = HintAsync(answered.Token);
        try
        {
            var health = await context.PersistAsync(CallAsync, cancellationToken);
            if (context.Clock.Offset.Duration() <= ServiceClock.LargestSkew)
            {
                return health;
            }

            // The answer tells the difference to the clock as it was.
            await SetClockAsync(cancellationToken);
            return await context.PersistAsync(CallAsync, cancellationToken);
        }
        finally
        {
            answered.Cancel();
            await hints.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private async Task<HealthResponse?> CallAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await context.Backend.HealthAsync(cancellationToken);
        }
        catch (BackendException exception)
        {
            isDistrusted = exception.Distrust is not null;
            if (isDistrusted)
            {
                await SetClockAsync(cancellationToken);
            }

            throw;
        }
    }

    // Now and then, as long as it is needed: the tool's word of success is not the clock's.
    private async Task SetClockAsync(CancellationToken cancellationToken)
    {
        if (clockSet is { } last && context.Time.GetElapsedTime(last) < BetweenSettings)
        {
            return;
        }

        clockSet = context.Time.GetTimestamp();
        var before = Now();
        context.Log.Info(await context.Mac.Machine.SetClockAsync(cancellationToken)
            ? $"The clock was set by Apple's time servers: it said {before}, and says {Now()}."
            : $"The clock says {before}, and could not be set: Apple's time servers did not answer.");
    }

    // No window is open yet, and whoever waits would see nothing for half an hour.
    private async Task HintAsync(CancellationToken cancellationToken)
    {
        for (var pause = BeforeHint; ;)
        {
            await Task.Delay(pause, context.Time, cancellationToken);
            var begun = context.Time.GetTimestamp();
            await context.Ui.HintAsync(isDistrusted ? Words.ServiceDistrusted(Now(), supportCode) : Words.ServiceUnreachable(supportCode), cancellationToken);

            // From its beginning; but a hint that had to wait for somebody is not followed at once by the next.
            pause = BetweenHints - context.Time.GetElapsedTime(begun);
            pause = pause < LeastPause ? LeastPause : pause;
        }
    }

    private string Now() => context.Time.GetLocalNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
