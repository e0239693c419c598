using System.Net;
using Azure;
using Azure.Core;

namespace Prestage.Functions.Storage;

/// <summary>
/// Gives every <see cref="RequestFailedException"/> an error code: the service's own, from header or body, else the name of the HTTP
/// status. Azure.Core alone finds no code in the answers of the table service.
/// </summary>
internal sealed class StorageErrorParser : RequestFailedDetailsParser
{
    public static readonly StorageErrorParser Instance = new();

    /// <inheritdoc/>
    public override bool TryParse(Response response, out ResponseError? error, out IDictionary<string, string>? data)
    {
        var body = response.ContentStream is MemoryStream ? StorageErrorBody.Read(response.Content.ToMemory()) : default;
        var header = response.Headers.TryGetValue("x-ms-error-code", out var code) && code.Length > 0 ? code : null;
        error = new ResponseError(header ?? body.Code ?? $"{(HttpStatusCode)response.Status}", body.Message ?? response.ReasonPhrase);
        data = null;
        return true;
    }
}
