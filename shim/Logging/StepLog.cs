using System.Globalization;

namespace Prestage.Shim.Logging;

/// <summary>
/// The log: <c>time level step message</c>, one line each, the same on standard output and in one root-only file, which is turned over by size.
/// No secret ever comes here: <see cref="Secret"/> prints as <c>***</c>, and commands' input is never shown.
/// </summary>
internal sealed class StepLog(TextWriter console, string? file, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly LogFile? file = file is null ? null : new LogFile(file);

    /// <summary>The step that the lines belong to.</summary>
    public string Step { get; private set; } = "start";

    /// <summary>Names the step that the following lines belong to.</summary>
    public void Enter(string name) => Step = name;

    public void Info(string message) => Write("info ", message);

    public void Warning(string message) => Write("warn ", message);

    public void Error(string message) => Write("error", message);

    private void Write(string level, string message)
    {
        var oneLine = string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c));
        var stamp = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var line = $"{stamp} {level} {Step} {oneLine}";
        lock (gate)
        {
            console.WriteLine(line);
            console.Flush();
            file?.Append(line);
        }
    }
}
