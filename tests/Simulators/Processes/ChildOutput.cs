namespace Prestage.Simulators.Processes;

/// <summary>The lines of a child as they come, from both of its streams; safe to use from any thread.</summary>
internal sealed class ChildOutput
{
    private readonly Lock gate = new();
    private readonly List<ChildLine> lines = [];
    private readonly List<Waiter> waiters = [];
    private bool ended;

    /// <summary>A copy of all lines so far.</summary>
    public IReadOnlyList<ChildLine> Snapshot()
    {
        lock (gate)
        {
            return [.. lines];
        }
    }

    public void Add(ChildLine line)
    {
        lock (gate)
        {
            lines.Add(line);
            foreach (var waiter in waiters)
            {
                if (waiter.Matches(line.Text))
                {
                    waiter.Found.TrySetResult(line.Text);
                }
            }

            waiters.RemoveAll(waiter => waiter.Found.Task.IsCompleted);
        }
    }

    /// <summary>No more lines will come: who still waits gets null.</summary>
    public void End()
    {
        lock (gate)
        {
            ended = true;
            waiters.ForEach(waiter => waiter.Found.TrySetResult(null));
            waiters.Clear();
        }
    }

    /// <summary>The first line, past or coming, that matches; null when the output ended without one.</summary>
    public Task<string?> FindAsync(Func<string, bool> matches)
    {
        lock (gate)
        {
            var past = lines.Find(line => matches(line.Text));
            if (past is not null || ended)
            {
                return Task.FromResult(past?.Text);
            }

            // The waiting code must not run inside the lock of the thread that reads the child's pipe.
            var waiter = new Waiter(matches, new(TaskCreationOptions.RunContinuationsAsynchronously));
            waiters.Add(waiter);
            return waiter.Found.Task;
        }
    }

    private sealed record Waiter(Func<string, bool> Matches, TaskCompletionSource<string?> Found);
}
