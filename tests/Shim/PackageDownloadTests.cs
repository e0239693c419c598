extern alias shim;

using shim::Prestage.Shim.Mac;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>A package over a bad network: nothing is fetched twice, nothing is mixed, nothing is endless.</summary>
public sealed class PackageDownloadTests : IDisposable
{
    private const string Content = "0123456789abcdefghijklmnopqrstuvwxyz";
    private readonly TemporaryDirectory directory = new();
    private readonly HttpClient http = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Fetched => File.ReadAllText(directory.At("download/agent.pkg"));

    [Fact]
    public async Task What_was_cut_off_is_gone_on_with()
    {
        await using var host = await PackageHost.StartAsync(Content);
        host.Cuts.Enqueue(10);
        Assert.NotNull(await FetchAsync(host));
        Assert.Null(await FetchAsync(host));
        Assert.Equal(Content, Fetched);
        Assert.Equal(["", "bytes=10-"], host.Asked);
        Assert.Equal(["agent.pkg"], Directory.GetFiles(directory.At("download")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_package_that_changed_in_between_is_fetched_from_its_beginning()
    {
        await using var host = await PackageHost.StartAsync(Content);
        host.Cuts.Enqueue(10);
        await FetchAsync(host);
        (host.Content, host.Tag) = (Content.ToUpperInvariant(), "\"two\"");
        Assert.Null(await FetchAsync(host));
        Assert.Equal(Content.ToUpperInvariant(), Fetched);
    }

    [Fact]
    public async Task A_server_without_a_strong_tag_is_asked_for_everything_again()
    {
        await using var host = await PackageHost.StartAsync(Content);
        host.Tag = "W/\"one\"";
        host.Cuts.Enqueue(10);
        await FetchAsync(host);
        Assert.Null(await FetchAsync(host));
        Assert.Equal(["", ""], host.Asked);
        Assert.Equal(Content, Fetched);
    }

    [Fact]
    public async Task Another_part_than_the_one_asked_for_is_not_appended()
    {
        await using var host = await PackageHost.StartAsync(Content);
        host.Cuts.Enqueue(10);
        host.Lies = true;
        await FetchAsync(host);
        Assert.Contains("another part", await FetchAsync(host), StringComparison.Ordinal);
        Assert.Null(await FetchAsync(host));
        Assert.Equal(Content, Fetched);
    }

    [Fact]
    public async Task A_part_of_another_address_is_not_gone_on_with()
    {
        await using var host = await PackageHost.StartAsync(Content);
        host.Cuts.Enqueue(10);
        await FetchAsync(host);
        Assert.Null(await FetchAsync(host, new Uri($"{host.Address}?other")));
        Assert.Equal(["", ""], host.Asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_package_beyond_the_limit_is_given_up_and_not_kept(bool hidesLength)
    {
        await using var host = await PackageHost.StartAsync(Content);
        host.HidesLength = hidesLength;
        Assert.Contains("larger than", await FetchAsync(host, largest: Content.Length - 1), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(directory.At("download")));
        Assert.Null(await FetchAsync(host, largest: Content.Length));
    }

    public void Dispose()
    {
        http.Dispose();
        directory.Dispose();
    }

    private Task<string?> FetchAsync(PackageHost host, Uri? from = null, long largest = 1000) =>
        new PackageDownload(http, TimeProvider.System, largest).FetchAsync(from ?? host.Address, directory.At("download"), "agent.pkg", Cancel);
}
