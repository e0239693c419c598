using System.Net;
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.JumpCloud;

/// <summary>What opens the tenant: API keys, service accounts and their bearer tokens. Safe for concurrent use.</summary>
internal sealed class Credentials
{
    private readonly SimulatedJumpCloudOptions options;
    private readonly ConcurrentDictionary<string, bool> apiKeys = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> tokens = new();
    private readonly ConcurrentQueue<string> handedOut = new();
    private readonly ConcurrentDictionary<(string Id, string Secret), bool> clients = new();

    public Credentials(SimulatedJumpCloudOptions options)
    {
        this.options = options;
        foreach (var (id, secret) in options.ServiceAccounts)
        {
            AddClientSecret(id, secret);
        }

        options.ApiKeys.ForEach(AddApiKey);
    }

    /// <summary>Every bearer token handed out so far, also dead ones: what must be found nowhere else.</summary>
    public IReadOnlyCollection<string> Tokens => handedOut;

    /// <summary>Makes a key valid, beside the others.</summary>
    public void AddApiKey(string key) => apiKeys[key] = true;

    /// <summary>Kills a key at once, as generating a new one does.</summary>
    public void RevokeApiKey(string key) => apiKeys.TryRemove(key, out _);

    /// <summary>Kills every bearer token handed out so far.</summary>
    public void RevokeTokens() => tokens.Clear();

    /// <summary>Gives a service account a further client secret; it may hold two, so that one can be replaced (HC "Service Account for APIs").</summary>
    public void AddClientSecret(string clientId, string clientSecret)
    {
        if (clients.Keys.Count(pair => pair.Id == clientId) >= 2)
        {
            throw new InvalidOperationException("A service account holds two client secrets at most.");
        }

        clients[(clientId, clientSecret)] = true;
    }

    /// <summary>Ends a client secret; tokens that it gave live on.</summary>
    public void RevokeClientSecret(string clientId, string clientSecret) => clients.TryRemove((clientId, clientSecret), out _);

    internal bool IsApiKey(string key) => apiKeys.ContainsKey(key);

    internal bool IsToken(string token) => tokens.TryGetValue(token, out var until) && options.Clock.GetUtcNow() < until;

    /// <summary>POST /oauth2/token, client credentials by Basic (RFC 6749 §4.4).</summary>
    internal async Task<Answer> TokenAsync(HttpContext context)
    {
        if (!AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header) || header.Scheme != "Basic"
            || !IsClient(header.Parameter))
        {
            return new Answer(401, new JsonObject { ["error"] = "invalid_client" });
        }

        if (!context.Request.HasFormContentType)
        {
            return new Answer(400, new JsonObject { ["error"] = "invalid_request" });
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form["grant_type"] != "client_credentials")
        {
            return new Answer(400, new JsonObject { ["error"] = "unsupported_grant_type" });
        }

        if (form["scope"] != "api" || options.ScopeRefused)
        {
            return new Answer(403, new JsonObject { ["error"] = "invalid_scope" });
        }

        var token = RandomNumberGenerator.GetHexString(64, lowercase: true);
        tokens[token] = options.Clock.GetUtcNow().AddSeconds(options.TokenSeconds);
        handedOut.Enqueue(token);
        return Answer.Ok(new JsonObject { ["access_token"] = token, ["expires_in"] = options.TokenSeconds, ["scope"] = "api", ["token_type"] = "bearer" });
    }

    private bool IsClient(string? basic)
    {
        Span<byte> bytes = stackalloc byte[1024];
        if (basic is null || !Convert.TryFromBase64String(basic, bytes, out var length))
        {
            return false;
        }

        // Both are form-encoded (RFC 6749 §2.3.1).
        var pair = Encoding.UTF8.GetString(bytes[..length]).Split(':', 2);
        return pair.Length == 2 && clients.ContainsKey((WebUtility.UrlDecode(pair[0]), WebUtility.UrlDecode(pair[1])));
    }
}
