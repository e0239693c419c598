using System.Diagnostics;
using System.Net.Sockets;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.Storage;

/// <summary>
/// Azure.Core's pipeline as the storage clients use it. Every failure leaves it as a <see cref="RequestFailedException"/> with an error
/// code (or an <see cref="OperationCanceledException"/> of the caller's own); status 0 is one without an answer from the service.
/// </summary>
internal sealed class StoragePipeline
{
    /// <summary>For tokens of table and queue service in every public cloud (learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory).</summary>
    public const string Scope = "https://storage.azure.com/.default";

    private readonly HttpPipeline pipeline;

    /// <summary>Builds the pipeline; <paramref name="authentication"/> runs on every try, since its date or token may have aged.</summary>
    public StoragePipeline(ClientOptions options, HttpPipelinePolicy authentication, params ReadOnlySpan<HttpPipelinePolicy> perCall)
    {
        var settings = new HttpPipelineOptions(options) { RequestFailedDetailsParser = StorageErrorParser.Instance };
        settings.PerRetryPolicies.Add(authentication);
        foreach (var policy in perCall)
        {
            settings.PerCallPolicies.Add(policy);
        }

        pipeline = HttpPipelineBuilder.Build(settings);
    }

    /// <summary>The clients' defaults: tries of at most 5 s, three more after the first, short waits with jitter between.</summary>
    public static void SetDefaults(RetryOptions retry)
    {
        retry.NetworkTimeout = TimeSpan.FromSeconds(5);
        retry.MaxRetries = 3;
        retry.Delay = TimeSpan.FromMilliseconds(200);
        retry.MaxDelay = TimeSpan.FromSeconds(5);
        retry.Mode = RetryMode.Exponential;
    }

    public HttpMessage CreateMessage(StorageOperation operation, RequestMethod method, Uri uri, string apiVersion)
    {
        var message = pipeline.CreateMessage();
        operation.Mark(message);
        message.Request.Method = method;
        message.Request.Uri.Reset(uri);
        message.Request.Headers.SetValue("x-ms-version", apiVersion);
        return message;
    }

    /// <summary>Sends, and throws on every answer but success and the error codes in <paramref name="alsoFine"/>.</summary>
    public async Task<Response> SendAsync(HttpMessage message, CancellationToken cancellationToken, params string[] alsoFine)
    {
        using var span = Traces.BeginWithin(StorageOperation.Of(message));
        try
        {
            var response = await ExchangeAsync(message, cancellationToken);
            if (response.Status is >= 200 and < 300)
            {
                return response;
            }

            var failure = new RequestFailedException(response);
            return alsoFine.Contains(failure.ErrorCode, StringComparer.Ordinal) ? response : throw failure;
        }
        catch (RequestFailedException exception)
        {
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", exception.ErrorCode);
            throw;
        }
    }

    private async Task<Response> ExchangeAsync(HttpMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await pipeline.SendAsync(message, cancellationToken);
            return message.Response;
        }
        catch (AuthenticationFailedException exception)
        {
            throw new RequestFailedException(0, "No token for the storage account could be had.", StorageErrorCode.NoCredential, exception);
        }
        catch (Exception exception) when (exception is AggregateException or OperationCanceledException or IOException or SocketException or RequestFailedException { Status: 0 })
        {
            // Azure.Core throws one of these by how the tries failed, the first of them with all tries' errors inside. A connection that is reset
            // as it opens comes as it is: SocketsHttpHandler wraps nothing there.
            cancellationToken.ThrowIfCancellationRequested();
            var host = message.Request.Uri.Host;
            throw new RequestFailedException(0, $"The storage service at {host} did not answer.", StorageErrorCode.NoAnswer, exception);
        }
    }
}
