using System.Globalization;

namespace Prestage.Shim.Logging;

/// <summary>
/// The log: <c>time level step message</c>, one line each, the same on standard output and in one root-only file, which is turned over by size.
/// No secret ever comes here: <see cref="Secret"/> prints as <c>***</c>, and commands' input is never shown. A log that cannot be written ends nothing.
/// </summary>
internal sealed class StepLog(TextWriter console, string? file, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly LogFile? file = file is null ? null : new LogFile(file);
    private int missing;

    /// <summary>The step that the lines belong to.</summary>
    public string Step { get; private set; } = "start";

    /// <summary>Why there is no file; null if there is, or if none is wanted.</summary>
    public string? Refusal { get; init; }

    /// <summary>Why the file does not have the last line; null if it has, or if there is no file.</summary>
    public string? WriteFailure { get; private set; }

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
            TryPrint(line);
            if (file is not null)
            {
                Append(file, line, stamp);
            }
        }
    }

    private void TryPrint(string line)
    {
        try
        {
            console.WriteLine(line);
            console.Flush();
        }
        catch (IOException)
        {
            // Standard output is a file on a full disk, or nobody reads it any more. The log's file has the line.
        }
    }

    private void Append(LogFile log, string line, string stamp)
    {
        try
        {
            if (missing > 0)
            {
                log.Append(string.Create(CultureInfo.InvariantCulture, $"{stamp} warn  {Step} {missing} lines are missing here: {WriteFailure}"));
                missing = 0;
            }

            log.Append(line);
            WriteFailure = null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            missing++;
            WriteFailure = exception.Message;
        }
    }
}
