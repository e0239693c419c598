using System.Collections;
using System.Net;
using System.Text;
using Prestage.Functions.JumpCloud;
using Prestage.Tests.Support;
using Refit;
using Xunit;

namespace Prestage.Tests.JumpCloud;

/// <summary>What a failed call leaves behind, where JumpCloud, or what stands in front of it, quotes what it was sent.</summary>
public sealed class DirectorySecrecyTests : IDisposable
{
    private const string Key = "jca_the-key-of-the-organization";
    private const string ClientSecret = "the-client-secret-8c1e";
    private const string Token = "the-bearer-token-77ab";
    private const string Password = "Correct-horse-1";
    private static readonly DeviceProof Proof = new(new('a', 24), "Mon, 23 Nov 2026 10:00:00 GMT", "AAAASIGNATUREAAAA");

    private readonly LogCapture log = new();
    private readonly CountedSecrets secrets = new()
    {
        AtSource =
        {
            [ApiKeyCredential.SecretName] = Key,
            [ServiceAccountTokens.ClientIdName] = "5a1b-client",
            [ServiceAccountTokens.ClientSecretName] = ClientSecret,
        },
    };

    public void Dispose() => log.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(409)]
    [InlineData(503)]
    public async Task No_exception_and_no_log_line_holds_a_header_or_a_body(int status)
    {
        using var network = new QuotingNetwork(status);
        using var withKey = Clients(JumpCloudAuth.ApiKey, network);
        using var withToken = Clients(JumpCloudAuth.ServiceAccount, network);
        var cancellationToken = TestContext.Current.CancellationToken;

        Exception?[] thrown =
        [
            await Record.ExceptionAsync(() => withKey.JumpCloud.FindUserAsync(new('b', 24), cancellationToken)),
            await Record.ExceptionAsync(() => withKey.JumpCloud.SetPasswordAsync(new('b', 24), new(Password), cancellationToken)),
            await Record.ExceptionAsync(() => withKey.JumpCloud.AddToGroupAsync(new('b', 24), new('c', 24), cancellationToken)),
            await Record.ExceptionAsync(() => withKey.Probe.LookAsync(cancellationToken)),
            await Record.ExceptionAsync(() => withKey.Relay.ReadAsync(Proof, null, cancellationToken)),
            await Record.ExceptionAsync(() => withToken.JumpCloud.FindUserAsync(new('b', 24), cancellationToken)),
        ];

        Assert.Contains(thrown, exception => exception is DirectoryException);
        var kept = thrown.OfType<Exception>().SelectMany(exception => Reachable(exception, [])).ToList();
        Assert.DoesNotContain(kept, part => part is ApiExceptionBase or HttpRequestMessage or HttpResponseMessage);
        string[] secret = [Key, ClientSecret, Token, Password, Proof.Signature, "Authorization", "x-api-key", Basic()];
        string[] texts = [.. kept.Select(part => part.ToString() ?? string.Empty), .. log.Lines];
        Assert.DoesNotContain(texts, text => secret.Any(one => text.Contains(one, StringComparison.OrdinalIgnoreCase)));
    }

    private static string Basic() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"5a1b-client:{ClientSecret}"));

    // Everything that whoever logs or serializes the exception can come to.
    private static IEnumerable<object> Reachable(object part, HashSet<object> seen)
    {
        if (part is not Exception and not IDictionary and not IEnumerable<Exception> and not HttpRequestMessage and not HttpResponseMessage || !seen.Add(part))
        {
            return [part];
        }

        var inner = part.GetType().GetProperties()
            .Where(property => property.GetIndexParameters().Length == 0 && property.Name is not nameof(Exception.TargetSite))
            .Select(property => property.GetValue(part)).OfType<object>();
        return [part, .. inner.SelectMany(value => Reachable(value, seen))];
    }

    private DirectoryClients Clients(JumpCloudAuth auth, HttpMessageHandler network) => new(
        new() { BaseUrl = "http://127.0.0.1:1", OrgId = new('5', 24), Auth = auth, TokenUrl = "http://127.0.0.1:1/oauth2/token" }, secrets, log, network: network);

    // Answers every call alike, and quotes it: the token endpoint gives a token, so that the calls behind it are made.
    private sealed class QuotingNetwork(int status) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isToken = request.RequestUri!.AbsolutePath == "/oauth2/token";
            var quote = $"{request.Headers} {(request.Content is { } sent ? await sent.ReadAsStringAsync(cancellationToken) : string.Empty)}";
            if (isToken && status is not 401)
            {
                return Answer(200, $$"""{"access_token":"{{Token}}","expires_in":3600}""", request);
            }

            return status == 0 ? throw new HttpRequestException("The connection was reset.") : Answer(status, quote, request);
        }

        private static HttpResponseMessage Answer(int status, string body, HttpRequestMessage request) => new((HttpStatusCode)status)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"), RequestMessage = request,
        };
    }
}
