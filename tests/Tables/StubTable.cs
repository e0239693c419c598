using Azure.Core.Pipeline;
using Prestage.Functions.Tables;
using Prestage.Tests.Support;

namespace Prestage.Tests.Tables;

/// <summary>A table client whose answers are given; its retries do not wait.</summary>
internal static class StubTable
{
    public static readonly Uri Endpoint = new("https://contoso.table.core.windows.net");

    public static TableClientOptions Options(HttpMessageHandler handler) => new()
    {
        Transport = new HttpClientTransport(handler),
        Retry = { Delay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero },
    };

    public static TableClient Create(HttpMessageHandler handler) =>
        new TableServiceClient(Endpoint, new StaticTokenCredential("a-token"), Options(handler)).GetTableClient("things");
}
