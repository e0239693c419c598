using NCrontab;

namespace Prestage.Simulators.FunctionsHost.Triggers;

/// <summary>
/// A timer trigger: six fields, UTC, one run at a time. A run that fails is not repeated before its next time; one that was missed while no
/// host ran is made up for at the start (azure-webjobs-sdk-extensions, TimerListener and ScheduleMonitor).
/// </summary>
internal sealed class TimerTriggerListener
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan ShortestMonitored = TimeSpan.FromMinutes(1);

    private readonly TimerTrigger trigger;
    private readonly TimerStatuses statuses;
    private readonly FunctionInvoker invoker;
    private readonly TimeProvider clock;
    private readonly CrontabSchedule schedule;
    private readonly bool isMonitored;

    public TimerTriggerListener(TimerTrigger trigger, TimerStatuses statuses, FunctionInvoker invoker, TimeProvider clock)
    {
        (this.trigger, this.statuses, this.invoker, this.clock) = (trigger, statuses, invoker, clock);
        schedule = CrontabSchedule.Parse(trigger.Schedule, new() { IncludingSeconds = true });
        var next = Next(clock.GetUtcNow());
        isMonitored = trigger.UseMonitor && Next(next) - next >= ShortestMonitored;
        if (isMonitored && statuses.Find(trigger.Name) is null)
        {
            statuses.Set(trigger.Name, new(DateTimeOffset.MinValue, next));
        }
    }

    /// <summary>Runs the function at its times until it is cancelled.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        var missed = isMonitored && statuses.Find(trigger.Name)!.Next < clock.GetUtcNow();
        if (missed || trigger.RunOnStartup)
        {
            await RunAsync(missed, missed ? "Timer fired at a time that was missed" : "Timer fired at its start");
        }

        while (!cancellationToken.IsCancellationRequested)
        {
            // A delay is cut to whole milliseconds: it could end before its time, which would come twice then.
            var at = Next(clock.GetUtcNow());
            while (at - clock.GetUtcNow() is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait + OneMillisecond, clock, cancellationToken);
            }

            await RunAsync(isPastDue: false, "Timer fired");
        }
    }

    /// <summary>One run, now; whether it succeeded.</summary>
    public async Task<bool> RunAsync(bool isPastDue, string reason)
    {
        var now = clock.GetUtcNow();
        var status = isMonitored ? statuses.Find(trigger.Name) : null;
        var succeeded = await invoker.InvokeAsync(trigger, TriggerData.Timer(trigger, status, isPastDue, now), reason);
        if (isMonitored)
        {
            statuses.Set(trigger.Name, new(now, Next(now)));
        }

        return succeeded;
    }

    private DateTimeOffset Next(DateTimeOffset from) => new(schedule.GetNextOccurrence(from.UtcDateTime), TimeSpan.Zero);
}
