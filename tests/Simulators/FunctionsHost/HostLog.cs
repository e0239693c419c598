using System.Collections.Concurrent;
using Prestage.Simulators.FunctionsHost.Rpc;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>One entry of the host's log.</summary>
/// <param name="Level">Information, Warning or Error.</param>
/// <param name="Category"><see cref="HostLog.ConsoleCategory"/> for what the worker wrote, else the host's own.</param>
internal sealed record HostLogEntry(string Level, string Category, string Message);

/// <summary>What the host logs. Safe for concurrent use.</summary>
internal sealed class HostLog(Action<HostLogEntry>? tell)
{
    /// <summary>The category of the lines that the worker wrote.</summary>
    public const string ConsoleCategory = "Host.Function.Console";

    private static readonly string[] ErrorWords = ["error", "fail", "severe", "unhandled exception"];
    private readonly ConcurrentQueue<HostLogEntry> entries = new();
    private readonly ConcurrentDictionary<string, string> invocations = new();

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<HostLogEntry> Entries => [.. entries];

    /// <summary>What the worker wrote so far, stdout and stderr.</summary>
    public IEnumerable<string> WorkerLines => entries.Where(entry => entry.Category == ConsoleCategory).Select(entry => entry.Message);

    /// <summary>A line that the worker wrote: of stderr, the level is read from its words.</summary>
    public void Console(string line, bool isError) => Write(
        !isError ? "Information"
        : line.Contains("warn", StringComparison.OrdinalIgnoreCase) ? "Warning"
        : ErrorWords.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase)) ? "Error" : "Information",
        ConsoleCategory, line);

    /// <summary>What the worker logs within an invocation, whose category is lost; what it logs outside of one is dropped.</summary>
    public void Rpc(RpcLog line)
    {
        if (line.LogCategory == RpcLog.Types.RpcLogCategory.User && invocations.TryGetValue(line.InvocationId, out var function))
        {
            Write(line.Level.ToString(), $"Function.{function}.User", line.Message);
        }
    }

    /// <summary>An invocation begins.</summary>
    public void Begin(string invocationId, string function) => invocations[invocationId] = function;

    /// <summary>An invocation has ended: what its worker still logs of it is dropped.</summary>
    public void End(string invocationId) => invocations.TryRemove(invocationId, out _);

    public void Write(string level, string category, string message) => Add(new(level, category, message));

    public void Information(string message) => Add(new("Information", "Host.General", message));

    public void Error(string message) => Add(new("Error", "Host.General", message));

    private void Add(HostLogEntry entry)
    {
        entries.Enqueue(entry);
        tell?.Invoke(entry);
    }
}
