using System.Text.Json.Nodes;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.State;

namespace Prestage.Shim.Ui.SwiftDialog;

/// <summary>
/// The files of the windows: what each shows, and its commands. Only root writes here; the person's session reads them, hence no secret is
/// ever in them. Each window has files of its own, as an old command would close the next one (swiftDialog issues 252 and 276).
/// </summary>
internal sealed class DialogFiles(MacPaths paths)
{
    private static readonly TimeSpan ReadingTime = TimeSpan.FromMilliseconds(500);
    private int made;

    /// <summary>Tells windows of an earlier start to close, gives them the time to read that, and deletes all of it.</summary>
    public async Task CloseLeftOverAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(paths.WindowDirectory) || paths.Trust.TreeRefusal(paths.WindowDirectory) is not null)
        {
            return;
        }

        var commands = Directory.GetFiles(paths.WindowDirectory, "*.commands");
        foreach (var file in commands)
        {
            TryQuit(file);
        }

        if (commands.Length > 0)
        {
            await Task.Delay(ReadingTime, time, cancellationToken);
        }

        Delete();
    }

    private static void TryQuit(string file)
    {
        try
        {
            File.AppendAllText(file, "quit:\n");
        }
        catch (IOException)
        {
            // A full disk: the window stays until the person closes it.
        }
    }

    /// <summary>Writes a window's files.</summary>
    /// <exception cref="UntrustedPathException">Others can change the directory.</exception>
    public DialogFile Create(JsonObject window)
    {
        paths.Trust.Require(paths.WindowDirectory);
        ReadableFile.CreateDirectory(paths.WindowDirectory);
        var name = Path.Combine(paths.WindowDirectory, $"{Environment.ProcessId}-{++made}");
        ReadableFile.Write($"{name}.json", window.ToJsonString());
        ReadableFile.Write($"{name}.commands", string.Empty);
        return new DialogFile($"{name}.json", $"{name}.commands");
    }

    /// <summary>Deletes all of it. What others can change stays: a deletion could be led elsewhere.</summary>
    public void Delete()
    {
        if (paths.Trust.Refusal(paths.WindowDirectory) is null)
        {
            WholeDirectory.Delete(paths.WindowDirectory);
        }
    }
}

/// <summary>One window's files; disposing deletes them.</summary>
internal sealed class DialogFile(string json, string commands) : IDisposable
{
    /// <summary>What makes swiftDialog show it.</summary>
    public IReadOnlyList<string> Arguments { get; } = ["--jsonfile", json, "--commandfile", commands, "--json"];

    /// <summary>Adds commands, in one write: swiftDialog reads whatever is there.</summary>
    public void Command(params IReadOnlyList<string> lines) => File.AppendAllText(commands, string.Concat(lines.Select(line => $"{line}\n")));

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(json);
        File.Delete(commands);
    }
}
