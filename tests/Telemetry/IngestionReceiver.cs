using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Prestage.Simulators.Loopback;
using Xunit;

namespace Prestage.Tests.Telemetry;

/// <summary>Application Insights' ingestion endpoint on loopback: keeps each record as the row that it becomes in the log workspace.</summary>
internal sealed class IngestionReceiver : IAsyncDisposable
{
    // Learn, "Azure Monitor Application Insights table mapping": the kind of the record names the table.
    private static readonly Dictionary<string, string> Tables = new()
    {
        ["MessageData"] = "AppTraces",
        ["ExceptionData"] = "AppExceptions",
        ["RequestData"] = "AppRequests",
        ["RemoteDependencyData"] = "AppDependencies",
        ["MetricData"] = "AppMetrics",
    };

    private readonly ConcurrentQueue<Row> rows = new();
    private readonly WebApplication app = LoopbackServer.Build(0);
    private string address = string.Empty;

    private IngestionReceiver() => app.MapPost("/v2.1/track", (Delegate)ReceiveAsync);

    /// <summary>The setting that names it.</summary>
    public string ConnectionString => $"InstrumentationKey=0d0e6a3c-3a3b-4b57-9a63-6f1a2d1f4f10;IngestionEndpoint={address}";

    /// <summary>All rows so far.</summary>
    public IReadOnlyCollection<Row> Rows => rows;

    public static async Task<IngestionReceiver> StartAsync()
    {
        var receiver = new IngestionReceiver();
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        receiver.address = LoopbackServer.AddressOf(receiver.app).ToString();
        return receiver;
    }

    /// <summary>The rows that the program logged with this event.</summary>
    public IEnumerable<Row> Of(int eventId) => rows.Where(row => row.Properties.GetValueOrDefault("EventId") == $"{eventId}"
        && row.Properties["CategoryName"].StartsWith("Prestage.", StringComparison.Ordinal));

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpContext call)
    {
        var isCompressed = call.Request.Headers.ContentEncoding == "gzip";
        await using var body = isCompressed ? new GZipStream(call.Request.Body, CompressionMode.Decompress) : call.Request.Body;
        using var reader = new StreamReader(body);
        var received = 0;
        while (await reader.ReadLineAsync(call.RequestAborted) is { } line)
        {
            if (line.Length > 0)
            {
                received++;
                rows.Enqueue(RowOf(JsonNode.Parse(line)!, line));
            }
        }

        return Results.Json(new { itemsReceived = received, itemsAccepted = received, errors = Array.Empty<object>() });
    }

    private static Row RowOf(JsonNode record, string text)
    {
        var data = record["data"]!["baseData"]!;
        var properties = (data["properties"] as JsonObject ?? []).ToDictionary(property => property.Key, property => $"{property.Value}");
        var message = $"{data["message"] ?? data["name"]}";
        return new(Tables[(string)record["data"]!["baseType"]!], message, $"{record["tags"]?["ai.operation.id"]}", properties, text);
    }

    /// <summary>A row: its table, its message or name, the id of its trace, its properties, and the whole record as it came.</summary>
    public sealed record Row(string Table, string Message, string OperationId, IReadOnlyDictionary<string, string> Properties, string Text);
}
