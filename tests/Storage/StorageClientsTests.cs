using Microsoft.Extensions.Configuration;
using Prestage.Functions.Hosting;
using Prestage.Functions.Storage;
using Xunit;

namespace Prestage.Tests.Storage;

/// <summary>Which accounts the settings name.</summary>
public sealed class StorageClientsTests
{
    private const string Key = "c2VjcmV0LXNlY3JldA==";
    private const string Own = $"AccountName=a;AccountKey={Key};TableEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:2/a";

    [Theory]
    [InlineData(
        "https://stdata.table.core.windows.net/Devices",
        "https://sthost.queue.core.windows.net/things",
        "AzureWebJobsStorage:accountName=sthost",
        "Storage:accountName=stdata")]
    [InlineData(
        "https://sthost.table.core.windows.net/Devices",
        "https://sthost.queue.core.windows.net/things",
        "AzureWebJobsStorage:accountName=sthost")]
    [InlineData(
        "https://h.table.core.chinacloudapi.cn/Devices",
        "https://h.queue.core.chinacloudapi.cn/things",
        "AzureWebJobsStorage:queueServiceUri=https://h.queue.core.chinacloudapi.cn",
        "AzureWebJobsStorage:tableServiceUri=https://h.table.core.chinacloudapi.cn")]
    [InlineData(
        "https://d.table.core.usgovcloudapi.net/Devices",
        "https://h.queue.core.usgovcloudapi.net/things",
        "AzureWebJobsStorage:queueServiceUri=https://h.queue.core.usgovcloudapi.net",
        "Storage:tableServiceUri=https://d.table.core.usgovcloudapi.net/")]
    [InlineData(
        "https://tables.example.com/Devices",
        "https://sthost.queue.core.windows.net/things",
        "AzureWebJobsStorage:accountName=sthost",
        "Storage:accountName=stdata",
        "Storage:tableServiceUri=https://tables.example.com")]
    [InlineData(
        "https://stdata.table.core.windows.net/Devices",
        "http://127.0.0.1:2/a/things",
        $"AzureWebJobsStorage={Own}",
        "Storage:accountName=stdata")]
    [InlineData(
        "http://127.0.0.1:1/a/Devices",
        "http://127.0.0.1:2/a/things",
        $"AzureWebJobsStorage={Own}")]
    [InlineData(
        "https://b.table.core.windows.net/Devices",
        "http://127.0.0.1:10001/devstoreaccount1/things",
        "AzureWebJobsStorage=UseDevelopmentStorage=true",
        $"Storage:connectionString=AccountName=b;AccountKey={Key}")]
    [InlineData(
        "http://127.0.0.2:10002/devstoreaccount1/PilotDevices",
        "http://127.0.0.2:10001/devstoreaccount1/things",
        "AzureWebJobsStorage= UseDevelopmentStorage=true ; DevelopmentStorageProxyUri=http://127.0.0.2/",
        "Storage:tablePrefix=Pilot")]
    public void Tables_and_queue_are_those_of_the_settings(string table, string queue, params string[] settings)
    {
        var (read, problems) = Read(settings);
        Assert.DoesNotContain(problems, problem => problem.Contains("Storage", StringComparison.Ordinal));

        var clients = new StorageClients(read.Storage, read.HostStorage, read.HostStorageConnectionString);

        Assert.Equal((table, queue), (clients.Table("Devices").Uri.AbsoluteUri, clients.Queue("things").Uri.AbsoluteUri));
    }

    [Theory]
    [InlineData("AzureWebJobsStorage__TableServiceUri:", "AzureWebJobsStorage:queueServiceUri=https://h.queue.core.windows.net")]
    [InlineData("AzureWebJobsStorage:", "AzureWebJobsStorage:tableServiceUri=https://h.table.core.windows.net")]
    [InlineData("AzureWebJobsStorage:", "Storage:accountName=stdata")]
    [InlineData(
        "AzureWebJobsStorage__QueueServiceUri:",
        "AzureWebJobsStorage:accountName=sthost",
        "AzureWebJobsStorage:queueServiceUri=http://h.queue.core.windows.net")]
    [InlineData(
        "AzureWebJobsStorage__TableServiceUri:",
        "AzureWebJobsStorage:accountName=sthost",
        "AzureWebJobsStorage:tableServiceUri=https://h.table.core.windows.net/path")]
    [InlineData("Storage__TableServiceUri:", "AzureWebJobsStorage:accountName=sthost", "Storage:tableServiceUri=h.table.core.windows.net")]
    [InlineData(
        "Storage__TableServiceUri:",
        "AzureWebJobsStorage:accountName=sthost",
        "Storage:tableServiceUri=https://h.table.core.windows.net",
        "Storage:connectionString=UseDevelopmentStorage=true")]
    public void What_names_no_account_for_tables_or_queue_is_a_problem(string problem, params string[] settings) =>
        Assert.StartsWith(
            problem,
            Assert.Single(Read(settings).Problems, found => found.Contains("Storage", StringComparison.Ordinal)),
            StringComparison.Ordinal);

    private static (Settings Read, IReadOnlyList<string> Problems) Read(string[] settings)
    {
        var pairs = settings.Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]));
        return (Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(pairs).Build(), out var problems), problems);
    }
}
