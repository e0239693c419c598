using NCrontab;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>A timer trigger: six fields, UTC; a run that fails is not repeated before its next time (LEARN "Timer trigger").</summary>
internal sealed class TimerListener(TimerFunction function, TriggerCalls calls)
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    private readonly CrontabSchedule schedule = CrontabSchedule.Parse(function.Schedule, new() { IncludingSeconds = true });
    private DateTimeOffset? last;

    /// <summary>Runs the function at its times until it is cancelled.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        if (function.RunOnStartup)
        {
            await TickAsync(cancellationToken);
        }

        while (!cancellationToken.IsCancellationRequested)
        {
            // A delay is cut to whole milliseconds: it could end before its time, which would come twice then.
            var at = Next();
            while (at - TimeProvider.System.GetUtcNow() is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait + OneMillisecond, cancellationToken);
            }

            await TickAsync(cancellationToken);
        }
    }

    /// <summary>One run, now.</summary>
    public async Task<bool> TickAsync(CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var succeeded = await calls.InvokeAsync(function.Name, Envelope.Timer(function, last, Next(), now), cancellationToken);
        last = now;
        return succeeded;
    }

    private DateTimeOffset Next() => new(schedule.GetNextOccurrence(TimeProvider.System.GetUtcNow().UtcDateTime), TimeSpan.Zero);
}
