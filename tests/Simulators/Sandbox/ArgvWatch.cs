using System.Globalization;
using System.Text;

namespace Prestage.Simulators.Sandbox;

/// <summary>
/// Reads the arguments and the environment of every process of this machine, over and over, and keeps which secret it saw there. Only where there is
/// a /proc; elsewhere <see cref="Reads"/> stays 0.
/// </summary>
internal sealed class ArgvWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private const int YoungLooks = 20;
    private const int OldLooks = 100;
    private readonly HashSet<string> found = [];
    private readonly Dictionary<int, int> looks = [];
    private readonly Canaries canaries;
    private readonly Task watching;

    public ArgvWatch(Canaries canaries)
    {
        this.canaries = canaries;
        watching = Directory.Exists("/proc/self") ? Task.Run(WatchAsync) : Task.CompletedTask;
    }

    /// <summary>How many processes' arguments were read.</summary>
    public int Reads { get; private set; }

    /// <summary>Ends the watch; what was seen.</summary>
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
            foreach (var process in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName))
            {
                if (int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid != Environment.ProcessId && IsDue(pid))
                {
                    Search(pid, "cmdline", "the arguments");
                    Search(pid, "environ", "the environment");
                    Reads++;
                }
            }

            await Task.Delay(2);
        }
    }

    // A process gets its arguments when it is young; an old one is looked at now and then, so that the watch leaves the machine to the others.
    private bool IsDue(int pid)
    {
        var look = looks[pid] = looks.GetValueOrDefault(pid) + 1;
        return look <= YoungLooks || look % OldLooks == 0;
    }

    private void Search(int pid, string file, string what)
    {
        try
        {
            found.UnionWith(canaries.Find($"{what} of a process", Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/{file}"))));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is another user's.
        }
    }
}
