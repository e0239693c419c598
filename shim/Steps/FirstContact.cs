using System.Globalization;
using Prestage.Shim.Backend;
using Prestage.Shim.Languages;
using Prestage.Shim.Running;
using Prestage.Wire;

namespace Prestage.Shim.Steps;

/// <summary>
/// The start's first call to the service. A clock that is far off is set meanwhile: over TLS a Mac that is years off gets no answer at all, as no
/// certificate is valid yet or still. The person is shown what to check on a Mac that gets no answer. A time server does not prove who it is, so
/// a hostile network must not gain much by one: see <see cref="MayAsk"/> and <see cref="IsBelieved"/>.
/// </summary>
internal sealed class FirstContact(StepContext context, string supportCode)
{
    private static readonly TimeSpan BeforeHint = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenHints = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LeastPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BetweenSettings = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestUse = TimeSpan.FromDays(5 * 365);
    private static readonly TimeSpan Accuracy = TimeSpan.FromSeconds(1);
    private const int MostSettings = 2;
    private long? asked;
    private int settings;
    private bool isRefused;
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
            await SetClockAsync(context.Clock.Now, cancellationToken);
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
            if (exception.WrongDates is { } dates && MayAsk(dates))
            {
                await SetClockAsync(null, cancellationToken);
            }

            throw;
        }
    }

    // A certificate that has expired by a clock that can be right is the service's fault, or an old one that somebody shows again.
    private bool MayAsk(CertificateDatesException dates)
    {
        var now = context.Time.GetUtcNow();
        return !dates.IsExpired || now < context.Built || now > context.Built + LongestUse;
    }

    // Now and then, as long as it is needed: the tool's word of success is not the clock's.
    private async Task SetClockAsync(DateTimeOffset? serviceTime, CancellationToken cancellationToken)
    {
        if (isRefused || settings >= MostSettings || (asked is { } last && context.Time.GetElapsedTime(last) < BetweenSettings))
        {
            return;
        }

        asked = context.Time.GetTimestamp();
        var (before, said) = (context.Time.GetUtcNow(), Now());
        if (!await context.Mac.Machine.SetClockAsync(cancellationToken))
        {
            context.Log.Info($"The clock says {said}, and could not be set: Apple's time servers did not answer.");
            return;
        }

        var took = context.Time.GetElapsedTime(asked.Value);
        var moved = (context.Time.GetUtcNow() - (before + took)).Duration() > Accuracy;
        if (IsBelieved(context.Time.GetUtcNow(), before + took, serviceTime + took))
        {
            settings += moved ? 1 : 0;
            context.Log.Info($"The clock was set by Apple's time servers: it said {said}, and says {Now()}.");
            return;
        }

        if (!moved)
        {
            context.Log.Info($"The clock says {said}, and could not be set: sntp said that it was, and it was not.");
            return;
        }

        isRefused = true;
        var refused = Now();
        await context.Mac.Machine.PutClockAsync(before + took, cancellationToken);
        await context.Reporter.WarnAsync(
            StepNames.Preflight, "clock-refused", $"The time server said {refused}, which cannot be: the clock was put back to {Now()}.", cancellationToken);
    }

    // Never before this program was built, and never further away from what the service says over TLS.
    private bool IsBelieved(DateTimeOffset now, DateTimeOffset otherwise, DateTimeOffset? serviceTime) =>
        now >= context.Built && (serviceTime is not { } right || (now - right).Duration() <= (otherwise - right).Duration());

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
