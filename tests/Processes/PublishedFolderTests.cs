using System.Net;
using Prestage.Simulators;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.Loopback;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Processes;

/// <summary>What Azure is handed: the folder that <c>./dev publish</c> makes, copied, and run with nothing of this repository's around it.</summary>
public sealed class PublishedFolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prestage-published-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_holds_what_is_listed_and_nothing_else()
    {
        var published = await PathAsync();
        var listed = await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "functions/published-files.txt"), Cancel);

        var found = Directory.EnumerateFiles(published, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(published, file));

        Assert.Equal(listed, found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task It_runs_anywhere_and_its_worker_listens_only_where_it_tells_the_host()
    {
        Copy(await PathAsync(), folder);
        var other = FreePort.Find();
        var settings = new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = await AzuriteFixture.NewAccountAsync(),
            ["JumpCloud__OrgId"] = new('a', 24),
            ["JumpCloud__ApiKey"] = "key",
            ["JumpCloud__BaseUrl"] = "http://127.0.0.1:9",
            ["Hosting__WatchEvery"] = "00:00:00",

            // An image may bring these; they mean nothing here.
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{other}",
            ["ASPNETCORE_HTTP_PORTS"] = $"{other}",
        };
        await using var host = await LocalFunctionsHost.StartAsync(new(folder, settings), Cancel);
        using var http = new HttpClient { BaseAddress = host.BaseUrl };

        using var answer = await http.GetAsync(new Uri("/api/health", UriKind.Relative), Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri($"http://127.0.0.1:{other}/api/health"), Cancel));
        Assert.Empty(host.Worker.Errors);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task<string> PathAsync()
    {
        Assert.SkipUnless(PublishedFolder.RunsHere, "The published program is for Linux on x64.");
        return await PublishedFolder.PathAsync();
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
