namespace Prestage.Simulators.Processes;

/// <summary>How a child process is started: never through a shell, never with a terminal.</summary>
internal sealed record ChildProcessStart(string FileName, params IReadOnlyList<string> Arguments)
{
    /// <summary>Set on top of the environment that the child gets; a null value removes the variable.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Whether the child gets <see cref="Environment"/> alone, nothing of ours (not even PATH).</summary>
    public bool CleanEnvironment { get; init; }

    /// <summary>Where the child starts; ours when null.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Written to the child's standard input as UTF-8, which is then closed; closed at once when null.</summary>
    public string? StandardInput { get; init; }

    /// <summary>Leaves the standard input open for <see cref="ChildProcess.WriteLineAsync"/>; it closes when the process is disposed.</summary>
    public bool KeepInputOpen { get; init; }

    /// <summary>Told of each line as it comes, on the thread that reads it.</summary>
    public Action<ChildLine>? OnLine { get; init; }
}
