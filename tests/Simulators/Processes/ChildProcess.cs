using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Prestage.Simulators.Processes;

/// <summary>A running child process with its output captured. Disposing kills it and its descendants, and waits for its end.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // A descendant that outlives the child can hold the pipes open for ever; what the child itself wrote is long read by then.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);

    private readonly Process process;
    private readonly ChildOutput output = new();
    private readonly Action<ChildLine>? onLine;
    private readonly string name;

    private ChildProcess(Process process, ChildProcessStart start)
    {
        this.process = process;
        onLine = start.OnLine;
        name = Path.GetFileName(process.StartInfo.FileName);
        Pid = process.Id;
        Ended = process.WaitForExitAsync();
        var drained = Task.WhenAll(ReadAsync(process.StandardOutput, false), ReadAsync(process.StandardError, true));
        var fed = start.KeepInputOpen ? Task.CompletedTask : FeedAsync(start.StandardInput);
        Exited = ExitAsync(drained, fed);
    }

    /// <summary>The process id.</summary>
    public int Pid { get; }

    /// <summary>Completes when the child has ended, whatever is still to be read of it.</summary>
    public Task Ended { get; }

    /// <summary>Completes with the exit code when the child has ended and its output is read (137 after SIGKILL).</summary>
    public Task<int> Exited { get; }

    /// <summary>All lines so far, standard output and standard error as they came.</summary>
    public IReadOnlyList<ChildLine> Lines => output.Snapshot();

    /// <summary>The lines of standard output so far.</summary>
    public IReadOnlyList<string> Output => [.. Lines.Where(line => !line.IsError).Select(line => line.Text)];

    /// <summary>The lines of standard error so far.</summary>
    public IReadOnlyList<string> Errors => [.. Lines.Where(line => line.IsError).Select(line => line.Text)];

    /// <summary>Starts the program; a program that is not there is a <see cref="Win32Exception"/>.</summary>
    public static ChildProcess Start(ChildProcessStart start)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var info = new ProcessStartInfo(start.FileName, start.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
            WorkingDirectory = start.WorkingDirectory ?? string.Empty,
        };
        if (start.CleanEnvironment)
        {
            info.Environment.Clear();
        }

        foreach (var (variable, value) in start.Environment)
        {
            info.Environment.Remove(variable);
            if (value is not null)
            {
                info.Environment[variable] = value;
            }
        }

        return new ChildProcess(Launch(info), start);
    }

    /// <summary>
    /// Starts a program that may have just been written. While another thread starts one too, its child still has our file open for writing, and
    /// ours is refused (ETXTBSY, execve(2)): a moment later it is not.
    /// </summary>
    public static Process Launch(ProcessStartInfo info)
    {
        const int TextFileBusy = 26;
        for (var tried = 1; ; tried++)
        {
            try
            {
                return Process.Start(info)!;
            }
            catch (Win32Exception exception) when (exception.NativeErrorCode == TextFileBusy && tried < 1000)
            {
                Thread.Yield();
            }
        }
    }

    /// <summary>
    /// The first line, past or coming, of either stream that matches. A <see cref="TimeoutException"/> after <paramref name="limit"/>,
    /// an <see cref="InvalidOperationException"/> when the child ends without it; both show the last lines.
    /// </summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> matches, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return await output.FindAsync(matches).WaitAsync(limit, cancellationToken)
                ?? throw new InvalidOperationException($"{name} ended without the awaited line.{Tail()}");
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{name} did not write the awaited line within {limit.TotalSeconds} s.{Tail()}", exception);
        }
    }

    /// <summary>Types one line into the child's standard input. An <see cref="IOException"/> when the child is gone.</summary>
    public async Task WriteLineAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>SIGKILL to the child, with <paramref name="entireTree"/> to its descendants as well. Nothing happens when it has ended.</summary>
    public void Kill(bool entireTree = false)
    {
        if (!Exited.IsCompleted)
        {
            process.Kill(entireTree);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Kill(entireTree: true);
        await Exited;
        process.Dispose();
    }

    private async Task<int> ExitAsync(Task drained, Task fed)
    {
        await Ended;
        await Task.WhenAny(Task.WhenAll(drained, fed), Task.Delay(DrainLimit));
        output.End();
        return process.ExitCode;
    }

    private async Task ReadAsync(StreamReader reader, bool isError)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            var read = new ChildLine(line, isError);
            output.Add(read);
            onLine?.Invoke(read);
        }
    }

    private async Task FeedAsync(string? input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A child may end, or close its input, without reading it: its exit code tells the story.
        }
    }

    private string Tail() => string.Concat(Lines.TakeLast(20).Select(line => $"\n  {line.Text}"));
}
