using Azure.Core;
using Azure.Core.Pipeline;
using Prestage.Functions.Hosting;

namespace Prestage.Functions.Tables;

/// <summary>Counts each operation, page or batch once; it runs before the retries.</summary>
internal sealed class TableOperationCountPolicy : HttpPipelineSynchronousPolicy
{
    /// <inheritdoc/>
    public override void OnSendingRequest(HttpMessage message) => CallUsage.CountTableOperation();
}
