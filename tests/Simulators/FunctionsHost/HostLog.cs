using System.Collections.Concurrent;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>One entry of the host's log.</summary>
/// <param name="Level">Information, Warning or Error.</param>
/// <param name="Category"><c>Host.Function.Console</c> for what the handler wrote, else the host's own.</param>
internal sealed record HostLogEntry(string Level, string Category, string Message);

/// <summary>What the host logs. Safe for concurrent use.</summary>
internal sealed class HostLog(Action<HostLogEntry>? tell)
{
    private const string Console = "Host.Function.Console";
    private readonly ConcurrentQueue<HostLogEntry> entries = new();

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<HostLogEntry> Entries => [.. entries];

    /// <summary>What the handler wrote so far, stdout and stderr.</summary>
    public IEnumerable<string> HandlerLines => entries.Where(entry => entry.Category == Console).Select(entry => entry.Message);

    /// <summary>A line of the handler: stderr is an error, unless it speaks of a warning (WorkerProcess.ParseErrorMessageAndLog).</summary>
    public void Handler(string line, bool isError) => Add(new(
        !isError ? "Information" : line.Contains("warn", StringComparison.OrdinalIgnoreCase) ? "Warning" : "Error", Console, line));

    public void Information(string message) => Add(new("Information", "Host.General", message));

    public void Error(string message) => Add(new("Error", "Host.General", message));

    private void Add(HostLogEntry entry)
    {
        entries.Enqueue(entry);
        tell?.Invoke(entry);
    }
}
