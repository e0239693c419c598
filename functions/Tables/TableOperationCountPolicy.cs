using Azure.Core;
using Azure.Core.Pipeline;
using Prestage.Functions.Hosting;
using Prestage.Functions.Storage;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.Tables;

/// <summary>Counts each operation, page or batch once; it runs before the retries.</summary>
internal sealed class TableOperationCountPolicy : HttpPipelineSynchronousPolicy
{
    /// <inheritdoc/>
    public override void OnSendingRequest(HttpMessage message)
    {
        CallUsage.CountTableOperation();
        var operation = StorageOperation.Of(message);
        Measures.TableAsked(operation.Name, operation.Target);
    }
}
