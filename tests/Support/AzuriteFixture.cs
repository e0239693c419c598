using Azure.Data.Tables;
using Azure.Storage.Queues;
using Prestage.Functions.Storage;
using Prestage.Simulators;
using Prestage.Tests.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace Prestage.Tests.Support;

/// <summary>One real Azurite for the whole run, started by the first test that needs it. Each test makes tables and queues of its own.</summary>
public sealed class AzuriteFixture : IAsyncDisposable
{
    private static AzuriteFixture? current;
    private readonly Lazy<Task<Azurite>> azurite = new(() => Azurite.StartAsync(CancellationToken.None));

    public AzuriteFixture() => current = this;

    /// <summary>The connection string of an account of its own, for a test that runs the whole backend.</summary>
    public static async Task<string> NewAccountAsync() => (await current!.azurite.Value).NewAccount();

    /// <summary>The text for <c>AzureWebJobsStorage</c>.</summary>
    public async Task<string> ConnectionStringAsync() => (await azurite.Value).ConnectionString;

    /// <summary>A prefix that no other test has, for <c>Storage__TablePrefix</c> and for queue names (lower case).</summary>
    public static string UniqueName() => $"t{Guid.NewGuid():N}";

    public async ValueTask DisposeAsync()
    {
        if (azurite.IsValueCreated)
        {
            await (await azurite.Value).DisposeAsync();
        }
    }

    /// <summary>A client of a table that does not exist.</summary>
    internal async Task<TableClient> MissingTableAsync(TableClientOptions? options = null) =>
        new(await ConnectionStringAsync(), UniqueName(), options ?? StorageClients.TableOptions("things"));

    /// <summary>A new, empty table.</summary>
    internal async Task<TableClient> NewTableAsync(TableClientOptions? options = null)
    {
        var table = await MissingTableAsync(options);
        Assert.NotNull(await table.CreateIfNotExistsAsync(TestContext.Current.CancellationToken));
        return table;
    }

    /// <summary>A new, empty queue.</summary>
    internal async Task<QueueClient> NewQueueAsync()
    {
        var queue = new QueueClient(await ConnectionStringAsync(), UniqueName(), StorageClients.QueueOptions("things"));
        Assert.NotNull(await queue.CreateIfNotExistsAsync(cancellationToken: TestContext.Current.CancellationToken));
        return queue;
    }
}
