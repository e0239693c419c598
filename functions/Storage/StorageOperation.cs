using Azure.Core;

namespace Prestage.Functions.Storage;

/// <summary>What a request asks of which table or queue: for measures and traces, in place of its address, which holds keys.</summary>
/// <param name="Name">Such as <c>get</c>.</param>
/// <param name="Target">The table's or queue's name.</param>
/// <param name="IsOnQueue">Whether it is a queue's.</param>
internal sealed record StorageOperation(string Name, string Target, bool IsOnQueue)
{
    /// <summary>A table's request.</summary>
    public static StorageOperation OfTable(string table, Request request)
    {
        var (method, path) = (request.Method, request.Uri.Path);
        var name = method switch
        {
            _ when method == RequestMethod.Get => path.EndsWith("()", StringComparison.Ordinal) ? "query" : "get",
            _ when method == RequestMethod.Put => "replace",
            _ when method == RequestMethod.Patch => "merge",
            _ when method == RequestMethod.Delete => "delete",
            _ when path.EndsWith("/$batch", StringComparison.Ordinal) => "batch",
            _ => path.EndsWith("/Tables", StringComparison.Ordinal) ? "create" : "insert",
        };
        return new(name, table, IsOnQueue: false);
    }

    /// <summary>A queue's request.</summary>
    public static StorageOperation OfQueue(string queue, Request request)
    {
        var method = request.Method;
        var isOfMessages = request.Uri.Path.Contains("/messages", StringComparison.Ordinal);
        var name = method switch
        {
            _ when method == RequestMethod.Get => isOfMessages ? "receive" : "properties",
            _ when method == RequestMethod.Put => isOfMessages ? "update" : "create",
            _ when method == RequestMethod.Delete => "delete",
            _ => "send",
        };
        return new(name, queue, IsOnQueue: true);
    }
}
