using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Queues;

namespace Prestage.Functions.Storage;

/// <summary>Makes the clients of tables and queues: of the accounts that the settings name, and with the same options for all.</summary>
/// <param name="hostConnection">The value of <c>AzureWebJobsStorage</c>, where it is a connection string.</param>
internal sealed class StorageClients(StorageOptions tables, HostStorageOptions host, string? hostConnection)
{
    /// <summary>No further try begins after this time; the last one may take its own limit beyond it.</summary>
    internal static readonly TimeSpan TotalLimit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>A client of the table; the name is without <c>Storage__TablePrefix</c>.</summary>
    public TableClient Table(string name)
    {
        name = tables.TablePrefix + name;
        var options = TableOptions(name);
        if (tables.NameAccount())
        {
            return tables.ConnectionString is { Length: > 0 } own
                ? new(StorageConnectionString.Parse(own).Reveal(), name, options)
                : new(tables.TableEndpoint(), name, Identity(tables.ClientId), options);
        }

        return hostConnection is { Length: > 0 } shared
            ? new(StorageConnectionString.Parse(shared).Reveal(), name, options)
            : new(host.TableEndpoint(), name, Identity(host.ClientId), options);
    }

    /// <summary>A client of the queue.</summary>
    /// <param name="decodes">See <see cref="QueueOptions"/>.</param>
    public QueueClient Queue(string name, bool decodes = true)
    {
        var options = QueueOptions(name, decodes);
        return hostConnection is { Length: > 0 } connection
            ? new(StorageConnectionString.Parse(connection).Reveal(), name, options)
            : new(new Uri(host.QueueEndpoint()!, name), Identity(host.ClientId), options);
    }

    /// <summary>Options of one table's client, whose calls are counted and traced under the table's name.</summary>
    public static TableClientOptions TableOptions(string table)
    {
        var options = new TableClientOptions();
        SetCommon(options, request => StorageOperation.OfTable(table, request));
        return options;
    }

    /// <summary>Options of one queue's client. Messages are base64 of UTF-8, as the Functions host expects them.</summary>
    /// <param name="decodes">
    /// Whether it reads and writes texts; else messages are as they are stored, so that one foreign message spoils no others.
    /// </param>
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
        options.RetryPolicy = new StorageRetryPolicy(FirstDelay, TotalLimit, TimeProvider.System);

        // Addresses and filters hold keys, some of which name a person or a Mac. Spans are our own, without them.
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsLoggingContentEnabled = false;
        options.Diagnostics.LoggedQueryParameters.Clear();
        options.Diagnostics.IsDistributedTracingEnabled = false;

        // For the messages of failures.
        options.Diagnostics.LoggedHeaderNames.Add("x-ms-error-code");
        options.AddPolicy(new StorageCallPolicy(operationOf), HttpPipelinePosition.PerCall);
    }

    private static ManagedIdentityCredential Identity(string? clientId) => new(
        string.IsNullOrEmpty(clientId) ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId));
}
