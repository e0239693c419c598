namespace Prestage.Tests.Kills;

/// <summary>A moment to kill at: a call to the world outside that is not done yet, or is done and not answered yet.</summary>
/// <param name="Occurrence">Which call of this kind; the first is 1.</param>
internal sealed record KillPoint(string Call, int Occurrence, bool Done)
{
    public override string ToString() => $"{(Done ? "after" : "before")} {Call} no. {Occurrence}";
}

/// <summary>Notes the calls that pass, in their order, and keeps the one at the point back until it is released.</summary>
internal sealed class CallWatch(KillPoint? point)
{
    private readonly Lock gate = new();
    private readonly List<string> calls = [];
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the call is held.</summary>
    public Task Reached => reached.Task;

    /// <summary>What has passed.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls];
            }
        }
    }

    /// <summary>Notes a call; whether it is the one to hold.</summary>
    public bool Note(string call)
    {
        lock (gate)
        {
            calls.Add(call);
            return point is not null && call == point.Call && calls.Count(earlier => earlier == call) == point.Occurrence;
        }
    }

    /// <summary>Lets the call that is kept back go on.</summary>
    public void Release() => released.TrySetResult();

    /// <summary>Keeps the call back here if this is the moment: until it is released, or its caller is dead.</summary>
    public async Task PassAsync(bool isTheCall, bool done, CancellationToken callerGone)
    {
        if (isTheCall && point!.Done == done)
        {
            reached.TrySetResult();
            await released.Task.WaitAsync(callerGone);
        }
    }
}
