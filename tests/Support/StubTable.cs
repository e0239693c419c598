using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Prestage.Functions.Storage;

namespace Prestage.Tests.Support;

/// <summary>A table client with the program's options whose answers are given; its retries do not wait.</summary>
internal static class StubTable
{
    public static readonly Uri Endpoint = new("https://contoso.table.core.windows.net");

    public static TableClientOptions Options(HttpMessageHandler handler)
    {
        var options = StorageClients.TableOptions("things");
        options.Transport = new HttpClientTransport(handler);
        options.RetryPolicy = new StorageRetryPolicy(TimeSpan.FromMilliseconds(1), StorageClients.TotalLimit, TimeProvider.System);
        return options;
    }

    public static TableClient Create(HttpMessageHandler handler) =>
        new(Endpoint, "things", new StaticTokenCredential("a-token"), Options(handler));
}
