using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Queues;

namespace Prestage.Functions.Storage;

/// <summary>The options of every table and queue client of the program: the only place that sets any.</summary>
internal static class StorageClients
{
    /// <summary>Options of one table's client, whose calls are counted and traced under the table's name.</summary>
    public static TableClientOptions TableOptions(string table)
    {
        var options = new TableClientOptions();
        SetCommon(options, request => StorageOperation.OfTable(table, request));
        return options;
    }

    /// <summary>Options of one queue's client. Messages are base64 of UTF-8, as the Functions host expects them.</summary>
    /// <param name="decodes">Whether it reads and writes texts; else messages are as they are stored, so that one foreign message spoils no others.</param>
    public static QueueClientOptions QueueOptions(string queue, bool decodes = true)
    {
        var options = new QueueClientOptions { MessageEncoding = decodes ? QueueMessageEncoding.Base64 : QueueMessageEncoding.None };
        SetCommon(options, request => StorageOperation.OfQueue(queue, request));
        return options;
    }

    // Tries of at most 5 s, three more after the first, short waits with jitter between.
    private static void SetCommon(ClientOptions options, Func<Request, StorageOperation> operationOf)
    {
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(5);
        options.Retry.MaxRetries = 3;
        options.Retry.Delay = TimeSpan.FromMilliseconds(200);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(5);
        options.Retry.Mode = RetryMode.Exponential;

        // Addresses and filters hold keys, some of which name a person or a Mac. Spans are our own, without them.
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsLoggingContentEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;

        // In messages of failures.
        options.Diagnostics.LoggedHeaderNames.Add("x-ms-error-code");
        options.AddPolicy(new StorageCallPolicy(operationOf), HttpPipelinePosition.PerCall);
    }
}
