using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Prestage.Functions.Vault;

namespace Prestage.Functions.JumpCloud;

/// <summary>A bearer token and how long it is good from now.</summary>
internal sealed record ServiceToken(Secret Value, TimeSpan Life);

/// <summary>
/// Trades a service account's client id and secret for a token (RFC 6749 §4.4; TheJumpCloud/jc-cli <c>docs/AUTH.md</c>), and tells operators
/// apart what may be wrong: the secret, the endpoint, or its answer.
/// </summary>
internal sealed partial class ServiceAccountTokens(
    HttpClient http, DirectoryPipeline pipeline, ISecretSource secrets, JumpCloudOptions options, ILogger<ServiceAccountTokens> log)
{
    /// <summary>The vault secret with the account's client id.</summary>
    public const string ClientIdName = "jumpcloud-client-id";

    /// <summary>The vault secret with one of the account's client secrets.</summary>
    public const string ClientSecretName = "jumpcloud-client-secret";

    /// <summary>The token endpoint, as failures name it.</summary>
    public const string Route = "POST /oauth2/token";

    // The endpoint may leave the life out; jc-cli then takes an hour.
    private const int UsualSeconds = 3600;
    private const int MostSeconds = 7 * 24 * 3600;
    private const int LongestToken = 8 * 1024;

    private readonly Uri tokenUrl = new(options.TokenUrl);

    /// <summary>
    /// A new token. A refused secret is read anew from the vault, once: an account holds two, so that one can be replaced.
    /// Throws <see cref="DirectoryException"/> or <see cref="SecretUnavailableException"/>.
    /// </summary>
    public async Task<ServiceToken> FetchAsync(CancellationToken cancellationToken)
    {
        var (id, secret) = (await secrets.GetAsync(ClientIdName, cancellationToken), await secrets.GetAsync(ClientSecretName, cancellationToken));
        var reply = await AskAsync(id, secret, cancellationToken);
        if (IsRefused(reply))
        {
            var (newId, newSecret) = (await secrets.ReloadAsync(ClientIdName, cancellationToken), await secrets.ReloadAsync(ClientSecretName, cancellationToken));
            if (!newId.FixedTimeEquals(id.Reveal()) || !newSecret.FixedTimeEquals(secret.Reveal()))
            {
                Log.SecretRenewed(log);
                reply = await AskAsync(newId, newSecret, cancellationToken);
            }
        }

        return Read(reply);
    }

    // Asking twice gives two tokens and harms nobody.
    private async Task<DirectoryReply> AskAsync(Secret id, Secret secret, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.SendAsync(http, Route, repeatable: true, () => Message(id, secret), cancellationToken);
        }
        catch (DirectoryException exception) when (!exception.WasHeldBack)
        {
            Log.Away(log, tokenUrl.Host, null);
            throw;
        }
    }

    private HttpRequestMessage Message(Secret id, Secret secret)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, tokenUrl)
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "api")]),
        };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));

        // Both are form-encoded first (RFC 6749 §2.3.1).
        var pair = $"{Uri.EscapeDataString(id.Reveal())}:{Uri.EscapeDataString(secret.Reveal())}";
        message.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        return message;
    }

    private ServiceToken Read(DirectoryReply reply)
    {
        var status = (int)reply.Status;
        if (IsRefused(reply))
        {
            Log.SecretRefused(log, status);
            throw new DirectoryException(DirectoryFailure.KeyRefused, Route, status);
        }

        if (reply.Status == HttpStatusCode.Forbidden)
        {
            Log.RoleRefused(log);
            throw new DirectoryException(DirectoryFailure.KeyRefused, Route, status);
        }

        if (DirectoryPipeline.IsTransient(reply.Status))
        {
            Log.Away(log, tokenUrl.Host, status);
            throw new DirectoryException(DirectoryFailure.Busy, Route, status, reply.RetryAfter);
        }

        if (reply.Status == HttpStatusCode.OK && Parse(reply.Body) is { } answer
            && answer.AccessToken is { Length: > 0 and <= LongestToken } token && token.All(c => c is > ' ' and <= '~')
            && (answer.ExpiresIn ?? UsualSeconds) is > 0 and <= MostSeconds and var seconds)
        {
            return new(new(token), TimeSpan.FromSeconds(seconds));
        }

        Log.Malformed(log, tokenUrl.Host, status);
        throw new DirectoryException(DirectoryFailure.Busy, Route, status);
    }

    private static bool IsRefused(DirectoryReply reply) => reply.Status == HttpStatusCode.Unauthorized
        || (reply.Status == HttpStatusCode.BadRequest && Parse(reply.Body)?.Error is "invalid_client" or "unauthorized_client");

    private static TokenAnswer? Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, JumpCloudJson.Default.TokenAnswer);
        }
        catch (JsonException)
        {
            // A proxy's page, or half an answer; the exception's text may quote it.
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7011, LogLevel.Error,
            "JumpCloud's token endpoint refuses the service account's client id or secret (HTTP {Status}). Make a new client secret and put it into the vault secret jumpcloud-client-secret: it is picked up without a restart")]
        public static partial void SecretRefused(ILogger log, int status);

        [LoggerMessage(7012, LogLevel.Warning, "JumpCloud's token endpoint at {Host} does not answer now (HTTP {Status}); it is asked again")]
        public static partial void Away(ILogger log, string host, int? status);

        [LoggerMessage(7013, LogLevel.Error, "What answers at JumpCloud__TokenUrl ({Host}, HTTP {Status}) is no token endpoint, or its answer is malformed")]
        public static partial void Malformed(ILogger log, string host, int status);

        [LoggerMessage(7014, LogLevel.Information, "JumpCloud's token endpoint refused the client secret; another one was found in the vault and is used from now on")]
        public static partial void SecretRenewed(ILogger log);

        [LoggerMessage(7015, LogLevel.Error, "JumpCloud's token endpoint refuses the scope api to the service account (HTTP 403): its role does not allow it")]
        public static partial void RoleRefused(ILogger log);
    }
}
