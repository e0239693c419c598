namespace Prestage.Tests.Faults;

/// <summary>
/// One thread that runs whatever is posted, in order, and a clock that goes on when there is nothing left to run: hours pass in a moment, and nothing
/// depends on how fast this machine is. For that all work must stay on the thread; what goes on elsewhere and comes back ends the run with an error.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    private const int MostAtOnce = 100_000;
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);
    private readonly Thread thread = Thread.CurrentThread;
    private readonly Queue<Action> ready = new();
    private readonly PriorityQueue<(VirtualTimer Timer, int Version), (long Due, long Order)> timers = new();
    private TaskCompletionSource look = new();
    private bool looked;
    private volatile string? stray;
    private int atOnce;
    private long now;
    private long order;
    private TimeSpan slept;

    public TimeSpan Elapsed => new(now);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => now;

    public override DateTimeOffset GetUtcNow() => Start + Elapsed + slept;

    /// <summary>The lid is closed for so long: the calendar goes on, and nothing else.</summary>
    public void Sleep(TimeSpan length) => slept += length;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Ends when nothing is left to run at some moment: for what would look again and again whether something has changed.</summary>
    public Task NextLookAsync(CancellationToken cancellationToken) => look.Task.WaitAsync(cancellationToken);

    /// <summary>Runs the work, and all that it starts, on a thread and a clock of their own.</summary>
    public static Task<T> RunAsync<T>(Func<VirtualTime, Task<T>> work) => Task.Factory.StartNew(
        () =>
        {
            var time = new VirtualTime();
            SynchronizationContext.SetSynchronizationContext(new Place(time));
            var done = work(time);
            time.RunUntil(done);
            return done;
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default).Unwrap();

    /// <summary>
    /// The task, ending where there is no context: who awaits it without one, as HttpClient does, goes on at once and on this thread. From within a
    /// context the runtime would send it to the thread pool.
    /// </summary>
    public static Task<T> Bare<T>(Task<T> work)
    {
        if (work.IsCompleted)
        {
            return work;
        }

        var bare = new TaskCompletionSource<T>();
        Follow();
        return bare.Task;

        async void Follow()
        {
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            var here = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            bare.SetFromTask(work);
            SynchronizationContext.SetSynchronizationContext(here);
        }
    }

    internal void Post(Action action)
    {
        if (IsHere())
        {
            ready.Enqueue(action);
        }
    }

    internal void Schedule(VirtualTimer timer, int version, TimeSpan due)
    {
        if (IsHere())
        {
            timers.Enqueue((timer, version), (now + Math.Max(0, due.Ticks), order++));
        }
    }

    private bool IsHere()
    {
        if (Thread.CurrentThread == thread)
        {
            return true;
        }

        stray ??= Environment.StackTrace;
        return false;
    }

    private void RunUntil(Task done)
    {
        while (!done.IsCompleted)
        {
            if (stray is not null)
            {
                throw new InvalidOperationException($"Work left the virtual time and came back:\n{stray}");
            }

            if (ready.TryDequeue(out var action))
            {
                if (++atOnce > MostAtOnce)
                {
                    throw new InvalidOperationException("Something goes round and round, and no time passes.");
                }

                action();
            }
            else if (!LetLook() && !Fire())
            {
                throw new InvalidOperationException("Everything waits, and for nothing; or work left the virtual time.");
            }
        }
    }

    // Once at each moment; false after that.
    private bool LetLook()
    {
        if (looked)
        {
            return false;
        }

        looked = true;
        var now = look;
        look = new TaskCompletionSource();
        now.SetResult();
        return true;
    }

    // False where there is no appointment left.
    private bool Fire()
    {
        if (!timers.TryDequeue(out var next, out var at))
        {
            return false;
        }

        if (next.Version == next.Timer.Version)
        {
            looked = false;
            (atOnce, now) = (at.Due > now ? 0 : atOnce, Math.Max(now, at.Due));
            next.Timer.Fire();
        }

        return true;
    }
}

/// <summary>A timer of <see cref="VirtualTime"/>.</summary>
internal sealed class VirtualTimer(VirtualTime time, Action callback) : ITimer
{
    private TimeSpan period;

    /// <summary>Counts the changes: an earlier appointment is void.</summary>
    public int Version { get; private set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        this.period = period;
        Version++;
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            time.Schedule(this, Version, dueTime);
        }

        return true;
    }

    public void Fire()
    {
        if (period > TimeSpan.Zero)
        {
            time.Schedule(this, Version, period);
        }

        callback();
    }

    public void Dispose() => Version++;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Where a process runs on the one thread. Once it is killed, nothing of it goes on, no finally block either.</summary>
internal sealed class Place(VirtualTime time) : SynchronizationContext
{
    public bool IsDead { get; private set; }

    public void Kill() => IsDead = true;

    public override void Post(SendOrPostCallback d, object? state) => time.Post(() =>
    {
        if (!IsDead)
        {
            SetSynchronizationContext(this);
            d(state);
        }
    });

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Starts work here; the task is its end, and never ends if this place is killed before.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        var begun = new TaskCompletionSource<Task<T>>();
        Post(_ => begun.SetResult(work()), null);
        return begun.Task.Unwrap();
    }
}
