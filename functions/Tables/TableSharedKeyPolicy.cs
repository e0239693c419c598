using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Prestage.Functions.Tables;

/// <summary>Shared Key Lite of the table service (learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key): date and path are signed.</summary>
internal sealed class TableSharedKeyPolicy(TableSharedKeyCredential credential, TimeProvider clock) : HttpPipelineSynchronousPolicy
{
    /// <inheritdoc/>
    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        var date = clock.GetUtcNow().ToString("r", CultureInfo.InvariantCulture);

        // The path is signed as sent. On an emulator it starts with the account too, which then stands there twice.
        var signature = credential.ComputeSignature($"{date}\n/{credential.AccountName}{request.Uri.ToUri().AbsolutePath}");
        request.Headers.SetValue("x-ms-date", date);
        request.Headers.SetValue(HttpHeader.Names.Authorization, $"SharedKeyLite {credential.AccountName}:{signature}");
    }
}
