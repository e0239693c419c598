namespace Prestage.Tests.Faults;

/// <summary>
/// One thread that runs whatever is posted, in order, and a clock that goes on when there is nothing left to run: hours pass in a moment, and nothing
/// depends on how fast this machine is.
/// </summary>
internal sealed class VirtualTime : TimeProvider, IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(60);
    private readonly Lock gate = new();
    private readonly Queue<Action> ready = new();
    private readonly PriorityQueue<(VirtualTimer Timer, int Version), (long Due, long Order)> timers = new();
    private readonly AutoResetEvent arrived = new(false);
    private long now;
    private long order;
    private TimeSpan slept;

    public TimeSpan Elapsed => new(Interlocked.Read(ref now));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref now);

    public override DateTimeOffset GetUtcNow() => Start + Elapsed + slept;

    /// <summary>The lid is closed for so long: the calendar goes on, and nothing else.</summary>
    public void Sleep(TimeSpan length) => slept += length;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Runs the work, and all that it starts, on a thread and a clock of their own.</summary>
    public static Task<T> RunAsync<T>(Func<VirtualTime, Task<T>> work) => Task.Factory.StartNew(
        () =>
        {
            using var time = new VirtualTime();
            SynchronizationContext.SetSynchronizationContext(new Place(time));
            var done = work(time);
            time.RunUntil(done);
            return done;
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default).Unwrap();

    /// <inheritdoc/>
    public void Dispose() => arrived.Dispose();

    internal void Post(Action action)
    {
        lock (gate)
        {
            ready.Enqueue(action);
        }

        arrived.Set();
    }

    internal void Schedule(VirtualTimer timer, int version, TimeSpan due)
    {
        lock (gate)
        {
            timers.Enqueue((timer, version), (now + Math.Max(0, due.Ticks), order++));
        }
    }

    private void RunUntil(Task done)
    {
        while (!done.IsCompleted)
        {
            if (Take() is { } action)
            {
                action();
            }
            else if (!Settle() && !arrived.WaitOne(PatienceBefore(NextJump())) && !Fire())
            {
                throw new InvalidOperationException("Everything waits, and for nothing.");
            }
        }
    }

    private Action? Take()
    {
        lock (gate)
        {
            return ready.TryDequeue(out var action) ? action : null;
        }
    }

    // HttpClient and the file system go on in the thread pool and come back here: give them their turn before the clock moves.
    private bool Settle()
    {
        for (var turn = 0; turn < 2; turn++)
        {
            using var passed = new ManualResetEventSlim();
            ThreadPool.UnsafeQueueUserWorkItem(static gone => gone.Set(), passed, preferLocal: false);
            passed.Wait();
            lock (gate)
            {
                if (ready.Count > 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    // How long the thread pool is given on top: a step too early in a poll costs nothing, an hour too early ends a run.
    private static TimeSpan PatienceBefore(TimeSpan? jump) => jump switch
    {
        null => Stuck,
        { TotalMinutes: > 5 } => TimeSpan.FromMilliseconds(300),
        { TotalSeconds: > 5 } => TimeSpan.FromMilliseconds(25),
        _ => TimeSpan.Zero,
    };

    /// <summary>To the next appointment; null when there is none.</summary>
    private TimeSpan? NextJump()
    {
        lock (gate)
        {
            while (timers.TryPeek(out var next, out var at))
            {
                if (next.Version == next.Timer.Version)
                {
                    return new TimeSpan(Math.Max(0, at.Due - now));
                }

                timers.Dequeue();
            }

            return null;
        }
    }

    private bool Fire()
    {
        VirtualTimer timer;
        lock (gate)
        {
            if (!timers.TryDequeue(out var next, out var at))
            {
                return false;
            }

            if (next.Version != next.Timer.Version)
            {
                return true;
            }

            (now, timer) = (Math.Max(now, at.Due), next.Timer);
        }

        timer.Fire();
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
        var begun = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(_ => begun.SetResult(work()), null);
        return begun.Task.Unwrap();
    }
}
