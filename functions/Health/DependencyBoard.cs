namespace Prestage.Functions.Health;

/// <summary>How a dependency is, from good to bad.</summary>
internal enum DependencyStatus
{
    /// <summary>It does what is asked of it.</summary>
    Ok,

    /// <summary>Nobody has looked yet, or something else kept us from looking.</summary>
    Unknown,

    /// <summary>Enrollments go on, but somebody should look at it.</summary>
    Degraded,

    /// <summary>As long as it is so, nobody enrolls or none is finished.</summary>
    Down,
}

/// <summary>What was found of one dependency.</summary>
/// <param name="Code">Stable and short, such as <c>storage-role-missing</c>.</param>
/// <param name="Detail">What is so, for operators.</param>
/// <param name="Remedy">What to do; null where nothing is.</param>
internal sealed record Finding(DependencyStatus Status, string Code, string Detail, string? Remedy = null)
{
    /// <summary>All is well.</summary>
    public static Finding Ok(string detail) => new(DependencyStatus.Ok, "ok", detail);

    /// <summary>It cannot be told.</summary>
    public static Finding Unknown(string detail) => new(DependencyStatus.Unknown, "not-checked", detail);
}

/// <summary>One dependency as it is known.</summary>
/// <param name="Since">Since when it is so.</param>
/// <param name="FoundAt">When this was found last: a timestamp of the program's clock (<see cref="DependencyBoard.Age"/>).</param>
internal sealed record DependencyState(string Name, Finding Found, DateTimeOffset Since, long FoundAt);

/// <summary>
/// The picture of all that the program depends on. A change is logged once, with what to do about it; what stays as it was is not.
/// </summary>
internal sealed partial class DependencyBoard(TimeProvider clock, ILogger<DependencyBoard> log)
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, DependencyState> states = new(StringComparer.Ordinal);

    /// <summary>Every dependency, by name.</summary>
    public IReadOnlyList<DependencyState> States
    {
        get
        {
            lock (gate)
            {
                return [.. states.Values];
            }
        }
    }

    /// <summary>The worst of all.</summary>
    public DependencyStatus Worst { get; private set; } = DependencyStatus.Unknown;

    /// <summary>What is known of one; null where there is none of that name.</summary>
    public DependencyState? Find(string name)
    {
        lock (gate)
        {
            return states.GetValueOrDefault(name);
        }
    }

    /// <summary>How long ago it was found so.</summary>
    public TimeSpan Age(DependencyState state) => clock.GetElapsedTime(state.FoundAt);

    /// <summary>Somebody has looked.</summary>
    public void Post(string name, Finding found)
    {
        lock (gate)
        {
            var before = states.GetValueOrDefault(name);
            var isSame = before is not null && before.Found.Status == found.Status && before.Found.Code == found.Code;
            states[name] = new(name, found, isSame ? before!.Since : clock.GetUtcNow(), clock.GetTimestamp());
            Worst = states.Values.Max(state => state.Found.Status);
            if (!isSame)
            {
                Tell(name, before?.Found.Status, found);
            }
        }
    }

    private void Tell(string name, DependencyStatus? before, Finding found)
    {
        switch (found.Status)
        {
            case DependencyStatus.Degraded or DependencyStatus.Down:
                var level = found.Status == DependencyStatus.Down ? LogLevel.Error : LogLevel.Warning;
                Log.Wrong(log, level, name, found.Status, found.Code, found.Detail, found.Remedy);
                break;
            case DependencyStatus.Ok when before is not null and not DependencyStatus.Ok:
                Log.Well(log, name, found.Detail);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 9301, Message = "Dependency {Name} is {Status} ({Code}): {Detail} {Remedy}")]
        public static partial void Wrong(ILogger log, LogLevel level, string name, DependencyStatus status, string code, string detail, string? remedy);

        [LoggerMessage(9302, LogLevel.Information, "Dependency {Name} is well: {Detail}")]
        public static partial void Well(ILogger log, string name, string detail);
    }
}
