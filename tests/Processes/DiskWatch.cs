using System.Text;

namespace Prestage.Tests.Processes;

/// <summary>Reads every file below a directory, over and over, and keeps the names of those that a secret was seen in.</summary>
internal sealed class DiskWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly HashSet<string> found = [];
    private readonly string directory;
    private readonly byte[][] secrets;
    private readonly Task watching;

    public DiskWatch(string directory, IEnumerable<string> secrets)
    {
        this.directory = directory;
        this.secrets = [.. secrets.Select(Encoding.UTF8.GetBytes)];
        watching = Task.Run(WatchAsync);
    }

    /// <summary>How many times a file was read.</summary>
    public int Reads { get; private set; }

    /// <summary>Ends the watch; the files that had a secret at any time.</summary>
    public async Task<IReadOnlyCollection<string>> EndAsync()
    {
        await stop.CancelAsync();
        await watching;
        return found;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var file in Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }))
            {
                // Reading locks as .NET does it, and the shim would find its own lock taken.
                if (Path.GetFileName(file) != "lock")
                {
                    Look(file);
                }
            }

            await Task.Delay(2);
        }
    }

    private void Look(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            Reads++;
            if (secrets.Any(secret => content.ToArray().AsSpan().IndexOf(secret) >= 0))
            {
                found.Add(file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Deleted meanwhile.
        }
    }
}
