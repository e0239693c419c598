using System.Diagnostics;
using System.Net.Sockets;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Prestage.Functions.Hosting;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.Storage;

/// <summary>
/// Stands around all tries of one call to a table or queue: counts it once, makes its span, and gives each failure without an answer one
/// form, a <see cref="RequestFailedException"/> of status 0 whose error code is one of <see cref="StorageErrorCode"/>.
/// </summary>
internal sealed class StorageCallPolicy(Func<Request, StorageOperation> operationOf) : HttpPipelinePolicy
{
    // The table service itself searches for up to 5 s before it answers with what it has and a continuation.
    private static readonly TimeSpan QueryLimit = TimeSpan.FromSeconds(15);

    private static readonly string[] Kinds = ["application/json", "application/xml", "multipart/"];

    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("Storage is called asynchronously only.");

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var operation = operationOf(message.Request);
        using var span = Traces.BeginWithin(operation);
        if (!operation.IsOnQueue)
        {
            CallUsage.CountTableOperation();
            Measures.TableAsked(operation.Name, operation.Target);
        }

        if (operation.Name == "query")
        {
            message.NetworkTimeout = QueryLimit;
        }

        try
        {
            await ExchangeAsync(message, pipeline);
        }
        catch (RequestFailedException exception)
        {
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", exception.ErrorCode);
            throw;
        }

        // What is not there, or is there already, is an answer.
        if (message.Response is { IsError: true, Status: not 404 } refused && operation.Name != "create")
        {
            var type = refused.Headers.TryGetValue("x-ms-error-code", out var code) ? code : $"{refused.Status}";
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", type);
        }
    }

    private static async ValueTask ExchangeAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await ProcessNextAsync(message, pipeline);
            CheckKind(message.Response);
        }
        catch (AuthenticationFailedException exception)
        {
            throw new RequestFailedException(0, "No token for the storage account could be had.", StorageErrorCode.NoCredential, exception);
        }
        catch (Exception exception) when (exception is AggregateException or OperationCanceledException or IOException or SocketException
            or RequestFailedException { Status: 0 })
        {
            // Azure.Core throws one of these by how the tries failed, the first of them with all tries' errors inside. A connection that is
            // reset as it opens comes as it is: SocketsHttpHandler wraps nothing there.
            message.CancellationToken.ThrowIfCancellationRequested();
            var host = message.Request.Uri.Host;
            throw new RequestFailedException(0, $"The storage service at {host} did not answer.", StorageErrorCode.NoAnswer, exception);
        }
    }

    // A page of a proxy or a portal, sent with status 200, is no answer of the service. The packages would read it, and fail in many ways.
    private static void CheckKind(Response response)
    {
        if (!response.IsError && response.Headers.ContentType is { } kind
            && !Kinds.Any(known => kind.StartsWith(known, StringComparison.OrdinalIgnoreCase)))
        {
            throw new RequestFailedException(
                response.Status, $"A {kind} is no answer of the storage service.", StorageErrorCode.InvalidAnswer, innerException: null);
        }
    }
}
