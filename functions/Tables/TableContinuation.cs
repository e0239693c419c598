using Azure;
using Azure.Core;

namespace Prestage.Functions.Tables;

/// <summary>
/// Where the next page begins (learn.microsoft.com/rest/api/storageservices/query-timeout-and-pagination), as one text that callers keep
/// and hand back with the same filter: the service's two opaque values, the second of which may be absent.
/// </summary>
internal static class TableContinuation
{
    /// <summary>The text for the page after this one, or null after the last.</summary>
    public static string? Read(Response response)
    {
        if (!response.Headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var partition) || partition.Length == 0)
        {
            return null;
        }

        return response.Headers.TryGetValue("x-ms-continuation-NextRowKey", out var row)
            ? $"{Uri.EscapeDataString(partition)}&{Uri.EscapeDataString(row)}"
            : Uri.EscapeDataString(partition);
    }

    public static void Apply(string? continuation, RequestUriBuilder uri)
    {
        if (string.IsNullOrEmpty(continuation))
        {
            return;
        }

        var keys = continuation.Split('&', 2);
        uri.AppendQuery("NextPartitionKey", Uri.UnescapeDataString(keys[0]), escapeValue: true);
        if (keys.Length == 2)
        {
            uri.AppendQuery("NextRowKey", Uri.UnescapeDataString(keys[1]), escapeValue: true);
        }
    }
}
