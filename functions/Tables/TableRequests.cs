using System.Text.Json;
using Azure;
using Azure.Core;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Tables;

/// <summary>The requests of one table, as the REST API wants them; arguments are checked here, before anything is sent.</summary>
internal sealed class TableRequests(StoragePipeline pipeline, string endpoint, string table)
{
    public const string Accept = "application/json;odata=minimalmetadata";
    public const string DataServiceVersion = "3.0";
    public const string NoContent = "return-no-content";

    /// <summary>Where rows are inserted.</summary>
    public Uri TableUri { get; } = new($"{endpoint}/{table}");

    /// <summary>The address of one row; quotes in keys are doubled, then all is percent-encoded.</summary>
    public Uri EntityUri(string partitionKey, string rowKey)
    {
        TableLimits.CheckKey(nameof(TableEntity.PartitionKey), partitionKey);
        TableLimits.CheckKey(nameof(TableEntity.RowKey), rowKey);
        return new($"{TableUri.AbsoluteUri}(PartitionKey='{Encode(partitionKey)}',RowKey='{Encode(rowKey)}')");
    }

    public HttpMessage CreateTable()
    {
        var message = Create("create", RequestMethod.Post, new($"{endpoint}/Tables"));
        message.Request.Headers.SetValue(HttpHeader.Names.Prefer, NoContent);
        SetJson(message, JsonSerializer.SerializeToUtf8Bytes(new TableName(table), TableJson.Default.TableName));
        return message;
    }

    public HttpMessage Add(TableEntity entity)
    {
        var message = Write("insert", RequestMethod.Post, TableUri, entity);
        message.Request.Headers.SetValue(HttpHeader.Names.Prefer, NoContent);
        return message;
    }

    /// <summary>A replace of the version <paramref name="ifMatch"/>, or of whatever is there when it is null.</summary>
    public HttpMessage Replace(TableEntity entity, ETag? ifMatch)
    {
        var message = Write("replace", RequestMethod.Put, EntityUri(entity.PartitionKey, entity.RowKey), entity);
        if (ifMatch is { } etag)
        {
            message.Request.Headers.SetValue(HttpHeader.Names.IfMatch, IfMatch(etag));
        }

        return message;
    }

    public HttpMessage Delete(string partitionKey, string rowKey, ETag ifMatch)
    {
        var message = Create("delete", RequestMethod.Delete, EntityUri(partitionKey, rowKey));
        message.Request.Headers.SetValue(HttpHeader.Names.IfMatch, IfMatch(ifMatch == default ? ETag.All : ifMatch));
        return message;
    }

    public HttpMessage Get(string partitionKey, string rowKey, IEnumerable<string>? select)
    {
        var message = Create("get", RequestMethod.Get, EntityUri(partitionKey, rowKey));
        AppendSelect(message.Request.Uri, select);
        return message;
    }

    public HttpMessage Query(string? filter, IEnumerable<string>? select, int? pageSize, string? continuation)
    {
        if (pageSize is < 1 or > TableLimits.PageRows)
        {
            throw new ArgumentOutOfRangeException(nameof(pageSize), pageSize, $"A page has 1 to {TableLimits.PageRows} rows.");
        }

        var message = Create("query", RequestMethod.Get, new($"{TableUri.AbsoluteUri}()"));

        // The service itself searches for up to 5 s before it answers with what it has and a continuation.
        message.NetworkTimeout = TimeSpan.FromSeconds(15);
        var uri = message.Request.Uri;
        if (!string.IsNullOrEmpty(filter))
        {
            uri.AppendQuery("$filter", filter, escapeValue: true);
        }

        if (pageSize is not null)
        {
            uri.AppendQuery("$top", $"{pageSize}");
        }

        AppendSelect(uri, select);
        TableContinuation.Apply(continuation, uri);
        return message;
    }

    public HttpMessage Batch(TableBatchRequest batch)
    {
        var message = Create("batch", RequestMethod.Post, new($"{endpoint}/$batch"));
        message.Request.Headers.SetValue(HttpHeader.Names.ContentType, batch.ContentType);
        message.Request.Content = RequestContent.Create(batch.Body);
        return message;
    }

    /// <summary>The header's value; an ETag that is none is an <see cref="ArgumentException"/>.</summary>
    public static string IfMatch(ETag etag) => etag.ToString() is { Length: > 0 } text && !text.AsSpan().ContainsAny('\r', '\n')
        ? text
        : throw new ArgumentException("An ETag is needed; ETag.All is any version.", nameof(etag));

    private static string Encode(string key) => Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal));

    private static void AppendSelect(RequestUriBuilder uri, IEnumerable<string>? select)
    {
        if (select?.ToList() is not { Count: > 0 } names)
        {
            return;
        }

        names.ForEach(TableLimits.CheckPropertyName);

        // A row without its keys could not be told from another.
        var all = names.Prepend(nameof(TableEntity.RowKey)).Prepend(nameof(TableEntity.PartitionKey)).Distinct(StringComparer.Ordinal);
        uri.AppendQuery("$select", string.Join(',', all), escapeValue: true);
    }

    private static void SetJson(HttpMessage message, ReadOnlyMemory<byte> body)
    {
        message.Request.Headers.SetValue(HttpHeader.Names.ContentType, "application/json");
        message.Request.Content = RequestContent.Create(body);
    }

    private HttpMessage Write(string operation, RequestMethod method, Uri uri, TableEntity entity)
    {
        TableLimits.CheckEntity(entity);
        var message = Create(operation, method, uri);
        SetJson(message, TableEntityWriter.Write(entity));
        return message;
    }

    private HttpMessage Create(string operation, RequestMethod method, Uri uri)
    {
        var message = pipeline.CreateMessage(new(operation, table, IsOnQueue: false), method, uri, TableClientOptions.ApiVersion);
        message.Request.Headers.SetValue(HttpHeader.Names.Accept, Accept);
        message.Request.Headers.SetValue("DataServiceVersion", DataServiceVersion);
        return message;
    }
}
