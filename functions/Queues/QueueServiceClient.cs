using Azure.Core;
using Azure.Core.Pipeline;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Queues;

/// <summary>
/// One storage account's queue service. This folder keeps the type and method names of the package Azure.Storage.Queues for what is used
/// here, so that the package can replace it. Sources: learn.microsoft.com/rest/api/storageservices/queue-service-rest-api.
/// </summary>
internal sealed class QueueServiceClient
{
    private readonly StoragePipeline pipeline;
    private readonly string endpoint;

    /// <summary>Signs with the account key; a bad text is a <see cref="FormatException"/> that says what is wrong.</summary>
    public QueueServiceClient(string connectionString, QueueClientOptions? options = null)
        : this(StorageConnectionString.Parse(connectionString), options)
    {
    }

    /// <summary>Signs with the account key.</summary>
    public QueueServiceClient(StorageConnectionString connection, QueueClientOptions? options = null)
        : this(connection.QueueEndpoint, new StorageSharedKeyCredential(connection.AccountName, connection.AccountKey.Reveal()), options)
    {
    }

    /// <summary>Signs with the account key.</summary>
    public QueueServiceClient(Uri endpoint, StorageSharedKeyCredential credential, QueueClientOptions? options = null)
        : this(endpoint, options ??= new(), new QueueSharedKeyPolicy(credential, options.Clock))
    {
    }

    /// <summary>Sends Entra tokens; the endpoint must be https, else every operation throws.</summary>
    public QueueServiceClient(Uri endpoint, TokenCredential credential, QueueClientOptions? options = null)
        : this(endpoint, options ?? new(), new BearerTokenAuthenticationPolicy(credential, StoragePipeline.Scope))
    {
    }

    private QueueServiceClient(Uri endpoint, QueueClientOptions options, HttpPipelinePolicy authentication)
    {
        this.endpoint = endpoint.AbsoluteUri.TrimEnd('/');
        pipeline = new StoragePipeline(options, authentication);
    }

    /// <summary>A client of one queue, which need not exist. A name that the service would refuse is an <see cref="ArgumentException"/>.</summary>
    public QueueClient GetQueueClient(string queueName) => new(pipeline, endpoint, queueName);
}
