using System.Net;
using System.Net.Sockets;
using Azure.Data.Tables;
using Prestage.Simulators;
using Prestage.Simulators.Loopback;
using Xunit;

namespace Prestage.Tests.Processes;

public sealed class AzuriteTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_run_side_by_side_and_end_when_disposed()
    {
        var instances = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Azurite.StartAsync(Cancel)));
        foreach (var azurite in instances)
        {
            Assert.NotNull(await new TableServiceClient(azurite.ConnectionString).GetTableClient("things").CreateIfNotExistsAsync(Cancel));
        }

        using var process = System.Diagnostics.Process.GetProcessById(instances[0].Pid);
        foreach (var azurite in instances)
        {
            await azurite.DisposeAsync();
        }

        await process.WaitForExitAsync(Cancel);
    }

    [Fact]
    public async Task A_port_that_was_taken_meanwhile_is_given_up_for_another()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var tries = 0;

        await using var azurite = await Azurite.StartAsync(() => ++tries == 1 ? [FreePort.Find(), FreePort.Find(), port] : [FreePort.Find(), FreePort.Find(), FreePort.Find()], Cancel);

        Assert.Equal(2, tries);
        Assert.NotEqual(port, azurite.TableEndpoint.Port);
    }
}
