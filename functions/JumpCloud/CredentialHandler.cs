using System.Net;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.JumpCloud;

/// <summary>Puts our credential and organization on each call; a key or token that JumpCloud refuses is renewed and shown again, once.</summary>
internal sealed partial class CredentialHandler(IDirectoryCredential credential, JumpCloudOptions options, ILogger<CredentialHandler> log) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (NamesOrganization(request))
        {
            request.Headers.Add("x-org-id", options.OrgId);
        }

        var shown = await credential.GetAsync(cancellationToken);
        var response = await ShowAsync(request, shown, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized && await credential.RenewAsync(shown, cancellationToken) is { } renewed)
        {
            response.Dispose();
            Log.KeyRenewed(log);
            response = await ShowAsync(request, renewed, cancellationToken);
        }

        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            Log.KeyRefused(log, DirectoryCall.Of(request).Route, credential.Remedy);
        }

        return response;
    }

    // The organization routes answer 403 to it (S1 intro; jcapi-powershell Custom/Module.cs).
    private static bool NamesOrganization(HttpRequestMessage request) =>
        !request.RequestUri!.AbsolutePath.StartsWith("/api/organizations", StringComparison.Ordinal);

    private Task<HttpResponseMessage> ShowAsync(HttpRequestMessage request, Secret shown, CancellationToken cancellationToken)
    {
        credential.Apply(request, shown);
        return base.SendAsync(request, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(7001, LogLevel.Information, "JumpCloud refused our key or token; a new one is used from now on")]
        public static partial void KeyRenewed(ILogger log);

        [LoggerMessage(7002, LogLevel.Error,
            "JumpCloud refuses our key or token ({Route}). {Remedy}")]
        public static partial void KeyRefused(ILogger log, string route, string remedy);
    }
}
