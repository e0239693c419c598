using Prestage.Functions.Storage;
using Prestage.Simulators;
using Prestage.Simulators.Loopback;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Health;

/// <summary>The storage is away or refuses, and comes back.</summary>
public sealed class StorageOutageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 0, "down", "storage-unreachable", "does not answer", "exists and that this app's network reaches it")]
    [InlineData("AuthorizationPermissionMismatch", 403, "down", "storage-role-missing", "does not let it work", "the role Storage Table Data Contributor")]
    [InlineData("AuthorizationFailure", 403, "down", "storage-network-refused", "network rules", "Let this app's network in")]
    [InlineData("AuthenticationFailed", 403, "down", "storage-key-refused", "does not accept", "with its present key")]
    [InlineData("ServerBusy", 503, "degraded", "storage-busy", "503 ServerBusy", "metrics")]
    public async Task What_keeps_us_out_of_the_storage_is_told_apart_and_calls_recover_by_themselves(
        string? code, int status, string severity, string told, string detail, string remedy)
    {
        await using var proxy = await StorageProxy.StartAsync(await AzuriteFixture.NewAccountAsync());
        await using var backend = await Backend.StartAsync(HealthPage.Watched(), storage: proxy.ConnectionString);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        await backend.TablesReadyAsync();
        proxy.RefuseAll(new(status, code));

        var refused = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "unavailable");

        Assert.Contains("Retry-After", refused.Headers.Keys);
        Assert.Contains(backend.Log.Lines, line => line.Contains("/api/verify: storage or vault did not answer", StringComparison.Ordinal));
        var page = await backend.UntilAsync("tables", told);
        backend.Says(page, "tables", severity, told, detail, remedy);
        backend.Says(
            await backend.UntilAsync("queue", told), "queue", severity, told, detail, remedy.Replace("Table", "Queue", StringComparison.Ordinal));
        proxy.RefuseAll(null);
        await mac.UntilVerifiedAsync(anna.Email, anna.EmployeeIdentifier);
        Assert.Equal("ok", (await backend.UntilAsync("tables", "ok")).Dependency("tables")!["code"]!.ToString());
    }

    [Fact]
    public async Task A_storage_that_dies_and_comes_back_empty_is_used_again_without_a_restart()
    {
        var first = await Azurite.StartAsync(Cancel);
        var account = StorageConnectionString.Parse(first.ConnectionString);
        int[] ports = [first.BlobEndpoint.Port, account.QueueEndpoint.Port, account.TableEndpoint.Port];
        await using var backend = await Backend.StartAsync(HealthPage.Watched(), storage: first.ConnectionString);
        var (anna, ben) = (backend.AddPerson(People.New()), backend.AddPerson(People.New("ben")));
        using var mac = new WireMac(backend);
        using var other = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        await first.DisposeAsync();
        Assert.Contains("Retry-After", (await other.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsProblem(503, "unavailable").Headers.Keys);
        Assert.Contains("Retry-After", (await mac.ActivateAsync(People.Password)).IsProblem(503, "unavailable").Headers.Keys);
        await backend.UntilAsync("tables", "storage-unreachable");
        await using var second = await Azurite.StartAsync(() => ports, Cancel);

        await other.UntilVerifiedAsync(ben.Email, ben.EmployeeIdentifier);
        await backend.UntilAsync("tables", "ok");
        await backend.UntilAsync("queue", "ok");
    }

    [Fact]
    public async Task A_storage_that_is_not_there_at_the_start_is_named_and_used_when_it_comes()
    {
        var ports = (int[])[FreePort.Find(), FreePort.Find(), FreePort.Find()];
        const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
        await using var backend = await Backend.StartAsync(
            HealthPage.Watched(),
            storage: $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={Key};QueueEndpoint=http://127.0.0.1:{ports[1]}/devstoreaccount1;TableEndpoint=http://127.0.0.1:{ports[2]}/devstoreaccount1");
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);

        backend.Says(
            await backend.UntilAsync("tables", "storage-unreachable"), "tables", "down", "storage-unreachable", "does not answer", "AzureWebJobsStorage");
        await using var azurite = await Azurite.StartAsync(() => ports, Cancel);

        await mac.UntilVerifiedAsync(anna.Email, anna.EmployeeIdentifier);
        await backend.UntilAsync("tables", "ok");
    }
}
