using System.Runtime.InteropServices;
using Prestage.Simulators;
using Prestage.Simulators.Processes;
using Xunit;

namespace Prestage.Tests.Support;

/// <summary>
/// The folder that <c>./dev publish</c> makes, and that Azure gets: what is there already, unless a source is younger; else made once for the run,
/// when the first test needs it. It is for Linux on x64; elsewhere the build's own folder stands for it.
/// </summary>
internal static class PublishedFolder
{
    private static readonly Lazy<Task<string>> Folder = new(FindAsync);

    /// <summary>Whether the published program runs on this machine.</summary>
    public static bool RunsHere => OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64;

    /// <summary>Where it is.</summary>
    public static Task<string> PathAsync() => Folder.Value;

    private static async Task<string> FindAsync()
    {
        if (!RunsHere)
        {
            return Repository.Built;
        }

        // The folder is new with each publishing, and takes its place when it is whole.
        var publishedAt = Directory.GetLastWriteTimeUtc(Repository.Published);
        if (!Directory.Exists(Repository.Published) || Sources().Any(source => File.GetLastWriteTimeUtc(source) > publishedAt))
        {
            await using var publish = ChildProcess.Start(new(Path.Combine(Repository.Root, "dev"), "publish") { WorkingDirectory = Repository.Root });
            Assert.True(await publish.Exited == 0, string.Join('\n', publish.Lines.Select(line => line.Text)));
        }

        return Repository.Published;
    }

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "functions"), "*", SearchOption.AllDirectories)
        .Concat(Directory.EnumerateFiles(Repository.Root, "Directory.*"))
        .Concat(new[] { "host.json", "global.json", "dev" }.Select(name => Path.Combine(Repository.Root, name)));
}
