using System.Net;
using System.Text;
using System.Text.Json;
using Prestage.Functions.Vault;
using Refit;

namespace Prestage.Functions.JumpCloud;

/// <summary>A bearer token and how long it is good from now.</summary>
internal sealed record ServiceToken(Secret Value, TimeSpan Life);

/// <summary>
/// Trades a service account's client id and secret for a token (RFC 6749 §4.4; TheJumpCloud/jc-cli <c>docs/AUTH.md</c>), and tells operators
/// apart what may be wrong: the secret, the endpoint, or its answer.
/// </summary>
internal sealed partial class ServiceAccountTokens(
    ITokenEndpoint endpoint, DirectoryAnswers answers, ISecretSource secrets, JumpCloudOptions options, ILogger<ServiceAccountTokens> log)
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
        var response = await AskAsync(id, secret, cancellationToken);
        try
        {
            if (IsRefused(response))
            {
                var (newId, newSecret) = (await secrets.ReloadAsync(ClientIdName, cancellationToken), await secrets.ReloadAsync(ClientSecretName, cancellationToken));
                if (!newId.FixedTimeEquals(id.Reveal()) || !newSecret.FixedTimeEquals(secret.Reveal()))
                {
                    Log.SecretRenewed(log);
                    response.Dispose();
                    response = await AskAsync(newId, newSecret, cancellationToken);
                }
            }

            return Read(response);
        }
        finally
        {
            response.Dispose();
        }
    }

    // Asking twice gives two tokens and harms nobody.
    private async Task<IApiResponse<TokenAnswer>> AskAsync(Secret id, Secret secret, CancellationToken cancellationToken)
    {
        // Both are form-encoded first (RFC 6749 §2.3.1).
        var pair = $"{Uri.EscapeDataString(id.Reveal())}:{Uri.EscapeDataString(secret.Reveal())}";
        var response = await endpoint.GetTokenAsync(
            tokenUrl, $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}", new("client_credentials", "api"), cancellationToken);
        try
        {
            DirectoryAnswers.Received(response);
            return response;
        }
        catch (DirectoryException exception)
        {
            response.Dispose();
            if (!exception.WasHeldBack)
            {
                Log.Away(log, tokenUrl.Host, null);
            }

            throw;
        }
    }

    private ServiceToken Read(IApiResponse<TokenAnswer> response)
    {
        var status = (int)response.StatusCode!;
        if (IsRefused(response))
        {
            Log.SecretRefused(log, status);
            throw new DirectoryException(DirectoryFailure.KeyRefused, Route, status);
        }

        if (response.StatusCode == HttpStatusCode.Forbidden)
        {
            Log.RoleRefused(log);
            throw new DirectoryException(DirectoryFailure.KeyRefused, Route, status);
        }

        if (DirectoryResilience.IsTransient(response.StatusCode!.Value))
        {
            Log.Away(log, tokenUrl.Host, status);
            throw answers.Busy(response);
        }

        if (response is { StatusCode: HttpStatusCode.OK, Error: null, Content: { } answer }
            && answer.AccessToken is { Length: > 0 and <= LongestToken } token && token.All(c => c is > ' ' and <= '~')
            && (answer.ExpiresIn ?? UsualSeconds) is > 0 and <= MostSeconds and var seconds)
        {
            return new(new(token), TimeSpan.FromSeconds(seconds));
        }

        Log.Malformed(log, tokenUrl.Host, status);
        throw new DirectoryException(DirectoryFailure.Busy, Route, status);
    }

    private static bool IsRefused(IApiResponse response) => response.StatusCode == HttpStatusCode.Unauthorized
        || (response.StatusCode == HttpStatusCode.BadRequest && Parse(DirectoryAnswers.Refusal(response))?.Error is "invalid_client" or "unauthorized_client");

    private static TokenAnswer? Parse(string body)
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
