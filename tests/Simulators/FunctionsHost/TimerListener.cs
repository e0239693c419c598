using NCrontab;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>A timer trigger: six fields, UTC; a run that fails is not repeated before its next time (LEARN "Timer trigger").</summary>
internal sealed class TimerListener(TimerFunction function, TriggerCalls calls)
{
    private readonly CrontabSchedule schedule = CrontabSchedule.Parse(function.Schedule, new() { IncludingSeconds = true });
    private DateTimeOffset? last;

    /// <summary>Runs the function at its times until it is cancelled.</summary>
    public async Task ListenAsync(CancellationToken cancel)
    {
        if (function.RunOnStartup)
        {
            await TickAsync(cancel);
        }

        while (!cancel.IsCancellationRequested)
        {
            var wait = Next() - TimeProvider.System.GetUtcNow();
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, cancel);
            await TickAsync(cancel);
        }
    }

    /// <summary>One run, now.</summary>
    public async Task<bool> TickAsync(CancellationToken cancel)
    {
        var now = TimeProvider.System.GetUtcNow();
        var succeeded = await calls.InvokeAsync(function.Name, Envelope.Timer(function, last, Next(), now), cancel);
        last = now;
        return succeeded;
    }

    private DateTimeOffset Next() => new(schedule.GetNextOccurrence(TimeProvider.System.GetUtcNow().UtcDateTime), TimeSpan.Zero);
}
