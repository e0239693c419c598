using Azure.Core;
using Azure.Core.Pipeline;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Tables;

/// <summary>
/// One storage account's table service. This folder keeps the type and method names of the package Azure.Data.Tables for what is used
/// here, so that the package can replace it; what differs says so. Sources: learn.microsoft.com/rest/api/storageservices/table-service-rest-api.
/// </summary>
internal sealed class TableServiceClient
{
    private readonly StoragePipeline pipeline;
    private readonly string endpoint;

    /// <summary>Signs with the account key; a bad text is a <see cref="FormatException"/> that says what is wrong.</summary>
    public TableServiceClient(string connectionString, TableClientOptions? options = null)
        : this(StorageConnectionString.Parse(connectionString), options)
    {
    }

    /// <summary>Signs with the account key.</summary>
    public TableServiceClient(StorageConnectionString connection, TableClientOptions? options = null)
        : this(connection.TableEndpoint, new TableSharedKeyCredential(connection.AccountName, connection.AccountKey.Reveal()), options)
    {
    }

    /// <summary>Signs with the account key.</summary>
    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions? options = null)
        : this(endpoint, options ??= new(), new TableSharedKeyPolicy(credential, options.Clock))
    {
    }

    /// <summary>Sends Entra tokens; the endpoint must be https, else every operation throws.</summary>
    public TableServiceClient(Uri endpoint, TokenCredential credential, TableClientOptions? options = null)
        : this(endpoint, options ?? new(), new BearerTokenAuthenticationPolicy(credential, StoragePipeline.Scope))
    {
    }

    private TableServiceClient(Uri endpoint, TableClientOptions options, HttpPipelinePolicy authentication)
    {
        this.endpoint = endpoint.AbsoluteUri.TrimEnd('/');
        pipeline = new StoragePipeline(options, authentication, new TableOperationCountPolicy());
    }

    /// <summary>A client of one table, which need not exist. A name that the service would refuse is an <see cref="ArgumentException"/>.</summary>
    public TableClient GetTableClient(string tableName) => new(pipeline, endpoint, tableName);
}
