using System.IO.Compression;
using System.Net;
using Prestage.Simulators;
using Prestage.Simulators.Loopback;
using Prestage.Simulators.Processes;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Processes;

/// <summary>What Azure is handed: the zip that <c>./dev publish</c> makes, unpacked and run with nothing of this machine's around it.</summary>
public sealed class PublishedZipTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prestage-zip-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_holds_the_program_the_host_s_file_and_the_functions_and_nothing_else()
    {
        using var zip = await OpenAsync();
        var functions = Directory.EnumerateFiles(Path.Combine(Repository.Root, "functions"), "function.json", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Path.Combine(Repository.Root, "functions"), file));

        Assert.Equal(functions.Concat(["Prestage.Functions", "host.json"]).Order(StringComparer.Ordinal), zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        Assert.True(ModeOf(zip.GetEntry("Prestage.Functions")!).HasFlag(UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute));
        Assert.All(zip.Entries, entry => Assert.True(ModeOf(entry).HasFlag(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead), entry.FullName));
    }

    [Fact]
    public async Task Unpacked_it_runs_without_a_PATH_and_listens_only_where_the_host_says()
    {
        using (var zip = await OpenAsync())
        {
            zip.ExtractToDirectory(folder);
        }

        var (port, other) = (FreePort.Find(), FreePort.Find());
        await using var program = ChildProcess.Start(new(Path.Combine(folder, "Prestage.Functions"))
        {
            CleanEnvironment = true,
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string?>
            {
                ["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}",
                ["AzureWebJobsStorage"] = await AzuriteFixture.NewAccountAsync(),
                ["JumpCloud__OrgId"] = new('a', 24),
                ["JumpCloud__ApiKey"] = "key",

                // An image may bring these; they mean nothing here.
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{other}",
                ["ASPNETCORE_HTTP_PORTS"] = $"{other}",
            },
        });

        Assert.Equal(HttpStatusCode.OK, await AnswerAsync(program, port));
        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri($"http://127.0.0.1:{other}/"), Cancel));
        Assert.Empty(program.Errors);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task<ZipArchive> OpenAsync()
    {
        Assert.SkipUnless(PublishedFolder.RunsHere, "The published program is for Linux on x64.");
        await PublishedFolder.PathAsync();
        return await ZipFile.OpenReadAsync(PublishedFolder.Zip, Cancel);
    }

    // The upper half of the attributes is st_mode, where a Unix wrote the zip.
    private static UnixFileMode ModeOf(ZipArchiveEntry entry) => (UnixFileMode)((entry.ExternalAttributes >> 16) & 0x1FF);

    private static async Task<HttpStatusCode> AnswerAsync(ChildProcess program, int port)
    {
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/"), Cancel);
                return answer.StatusCode;
            }
            catch (HttpRequestException) when (!program.Exited.IsCompleted)
            {
                await Task.Delay(20, Cancel);
            }
        }
    }
}
