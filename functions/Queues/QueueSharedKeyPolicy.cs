using System.Globalization;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Queues;

/// <summary>
/// Shared Key of blob and queue service (learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key): verb, standard headers,
/// every x-ms header, path and query are signed.
/// </summary>
internal sealed class QueueSharedKeyPolicy(StorageSharedKeyCredential credential, TimeProvider clock) : HttpPipelineSynchronousPolicy
{
    /// <inheritdoc/>
    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        request.Headers.SetValue("x-ms-date", clock.GetUtcNow().ToString("r", CultureInfo.InvariantCulture));
        var signature = credential.ComputeSignature(StringToSign(request));
        request.Headers.SetValue(HttpHeader.Names.Authorization, $"SharedKey {credential.AccountName}:{signature}");
    }

    private string StringToSign(Request request)
    {
        var text = new StringBuilder(request.Method.ToString()).Append('\n');
        foreach (var name in (string[])["Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type"])
        {
            text.Append(name == "Content-Length" ? ContentLength(request) : Header(request, name)).Append('\n');
        }

        // Date, four conditions and Range: x-ms-date stands for the first, the others are not used with queues.
        text.Append("\n\n\n\n\n\n");
        foreach (var header in request.Headers.Where(header => header.Name.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .OrderBy(header => header.Name, StringComparer.OrdinalIgnoreCase))
        {
            text.Append(CultureInfo.InvariantCulture, $"{header.Name.ToLowerInvariant()}:{header.Value.Trim()}\n");
        }

        return text.Append(Resource(request.Uri.ToUri())).ToString();
    }

    private string Resource(Uri uri)
    {
        var text = new StringBuilder($"/{credential.AccountName}{uri.AbsolutePath}");
        var parameters = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2));
        foreach (var pair in parameters.OrderBy(pair => pair[0], StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{pair[0].ToLowerInvariant()}:{Uri.UnescapeDataString(pair[1])}");
        }

        return text.ToString();
    }

    private static string Header(Request request, string name) => request.Headers.TryGetValue(name, out var value) ? value : string.Empty;

    private static string ContentLength(Request request) =>
        request.Content is { } content && content.TryComputeLength(out var length) && length > 0 ? $"{length}" : string.Empty;
}
