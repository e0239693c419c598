using System.Text;
using Azure;

namespace Prestage.Functions.Tables;

/// <summary>
/// The multipart body of an entity-group transaction (learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions):
/// one changeset, absolute addresses, CR LF everywhere, each row's JSON on one line.
/// </summary>
internal sealed record TableBatchRequest(string ContentType, ReadOnlyMemory<byte> Body, int Operations)
{
    /// <summary>Checks what the service demands of the whole, and writes it.</summary>
    public static TableBatchRequest Create(TableRequests requests, IReadOnlyList<TableTransactionAction> actions)
    {
        Check(actions);
        var batch = $"batch_{Guid.NewGuid()}";
        var changeset = $"changeset_{Guid.NewGuid()}";
        using var body = new MemoryStream(1024 * actions.Count);
        Lines(body, $"--{batch}", $"Content-Type: multipart/mixed; boundary={changeset}", string.Empty);
        foreach (var action in actions)
        {
            Lines(body, $"--{changeset}", "Content-Type: application/http", "Content-Transfer-Encoding: binary", string.Empty);
            WriteOperation(body, requests, action);
        }

        Lines(body, $"--{changeset}--", $"--{batch}--");
        if (body.Length > TableLimits.BatchBytes)
        {
            throw new ArgumentException($"The transaction has {body.Length} bytes; {TableLimits.BatchBytes} is the limit.", nameof(actions));
        }

        return new($"multipart/mixed; boundary={batch}", body.ToArray(), actions.Count);
    }

    private static void WriteOperation(MemoryStream body, TableRequests requests, TableTransactionAction action)
    {
        var entity = action.Entity;
        TableLimits.CheckEntity(entity);
        var (method, uri, condition) = action.ActionType switch
        {
            TableTransactionActionType.Add => ("POST", requests.TableUri, $"Prefer: {TableRequests.NoContent}"),
            TableTransactionActionType.UpdateReplace => ("PUT", RowUri(), $"If-Match: {TableRequests.IfMatch(action.ETag)}"),
            TableTransactionActionType.UpsertReplace => ("PUT", RowUri(), null),
            TableTransactionActionType.Delete => ("DELETE", RowUri(), $"If-Match: {TableRequests.IfMatch(action.ETag == default ? ETag.All : action.ETag)}"),
            _ => throw new ArgumentOutOfRangeException(nameof(action), action.ActionType, "No such action."),
        };
        Lines(body, $"{method} {uri.AbsoluteUri} HTTP/1.1", $"Accept: {TableRequests.Accept}", $"DataServiceVersion: {TableRequests.DataServiceVersion}");
        if (condition is not null)
        {
            Lines(body, condition);
        }

        if (action.ActionType == TableTransactionActionType.Delete)
        {
            Lines(body, string.Empty, string.Empty);
            return;
        }

        Lines(body, "Content-Type: application/json", string.Empty);
        body.Write(TableEntityWriter.Write(entity).Span);
        Lines(body, string.Empty);

        Uri RowUri() => requests.EntityUri(entity.PartitionKey, entity.RowKey);
    }

    private static void Check(IReadOnlyList<TableTransactionAction> actions)
    {
        if (actions.Count is 0 or > TableLimits.BatchOperations)
        {
            throw new ArgumentException($"A transaction has 1 to {TableLimits.BatchOperations} operations, not {actions.Count}.", nameof(actions));
        }

        var rows = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entity in actions.Select(action => action.Entity))
        {
            if (entity.PartitionKey != actions[0].Entity.PartitionKey)
            {
                throw new ArgumentException("A transaction's rows must have one PartitionKey.", nameof(actions));
            }

            if (!rows.Add(entity.RowKey))
            {
                throw new ArgumentException($"A transaction has each row once; RowKey {entity.RowKey} is there twice.", nameof(actions));
            }
        }
    }

    private static void Lines(MemoryStream body, params ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
        {
            body.Write(Encoding.UTF8.GetBytes(line));
            body.Write("\r\n"u8);
        }
    }
}
