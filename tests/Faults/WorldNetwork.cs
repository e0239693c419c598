extern alias shim;

using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Text.Json.Nodes;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Shim;
using shim::Prestage.Shim.Backend;

namespace Prestage.Tests.Faults;

/// <summary>The Mac's network in this process: the service, the agent's tenant and its package. It can be cut, and the service's certificate is valid for half a year before and after.</summary>
internal sealed class WorldNetwork(FakeService service, Tenant tenant, TimeProvider time, TimeProvider macClock) : HttpMessageHandler
{
    public const string Service = "https://service.example";
    public const string Tenant = "https://tenant.example";

    private const string Invalid = "The remote certificate is invalid because of errors in the certificate chain:";
    private static readonly TimeSpan CertificateLife = TimeSpan.FromDays(200);
    private DateTimeOffset backAt;

    public bool IsUp => time.GetUtcNow() >= backAt;

    /// <summary>Somebody on the way answers in the service's place, with a certificate of nobody.</summary>
    public bool IsHostile { get; set; }

    /// <summary>How often the agent's package was fetched.</summary>
    public int PackagesSent { get; private set; }

    /// <summary>Calls fail for so long.</summary>
    public void Cut(TimeSpan length) => backAt = time.GetUtcNow() + length;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        VirtualTime.Bare(AnswerAsync(request, cancellationToken));

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!IsUp)
        {
            throw new HttpRequestException("The network is gone.");
        }

        var uri = request.RequestUri!;
        if (uri.Host == new Uri(Service).Host && IsHostile)
        {
            throw NotSecure(new AuthenticationException($"{Invalid} UntrustedRoot, NotTimeValid"));
        }

        if (uri.Host == new Uri(Service).Host && (macClock.GetUtcNow() - time.GetUtcNow()).Duration() > CertificateLife)
        {
            throw NotSecure(new CertificateDatesException($"{Invalid} NotTimeValid", isExpired: macClock.GetUtcNow() > time.GetUtcNow()));
        }

        return uri.Host == new Uri(Service).Host
            ? await InProcess.SendAsync(request, service.HandleAsync, cancellationToken)
            : await AnswerAsync(request, uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries), cancellationToken);
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, string[] path, CancellationToken cancellationToken) => path switch
    {
        ["sim", "jumpcloud-agent.pkg"] => Package(),
        ["sim", "slow.pkg"] => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new DrippingStream(time)) },
        ["sim", "agent", "register"] => Register(await ReadAsync(request, cancellationToken)),
        ["sim", "agent", var system, "metrics"] => Metrics(system, await ReadAsync(request, cancellationToken)),
        ["sim", "agent", var system, "users"] => await UsersAsync(system, request.RequestUri!.Query, cancellationToken),
        _ => new HttpResponseMessage(HttpStatusCode.NotFound),
    };

    private HttpResponseMessage Package()
    {
        PackagesSent++;
        return Text(SimulatedAgentApi.Package().Content!);
    }

    private HttpResponseMessage Register(JsonNode body)
    {
        var system = tenant.AddSystem(new TenantSystem { SerialNumber = (string)body["serialNumber"]!, PublicKeyPem = (string)body["publicKeyPem"]! });
        return Text(new JsonObject { ["systemId"] = system.Id }.ToJsonString());
    }

    private HttpResponseMessage Metrics(string system, JsonNode body)
    {
        UserMetric[] metrics =
        [
            .. body["userMetrics"]!.AsArray().Select(user => new UserMetric(
                (string)user!["userName"]!, (bool)user["admin"]!, (bool)user["managed"]!, (bool)user["suspended"]!, (bool)user["secureTokenEnabled"]!)),
        ];
        tenant.UpdateSystem(system, row => row with { UserMetrics = [.. metrics] });
        return new HttpResponseMessage(HttpStatusCode.NoContent);
    }

    private async Task<HttpResponseMessage> UsersAsync(string system, string query, CancellationToken cancellationToken)
    {
        var after = query.Split("after=") is [_, var rest] ? long.Parse(rest.Split('&')[0], CultureInfo.InvariantCulture) : -1;
        while (true)
        {
            var next = tenant.NextWrite();
            var state = tenant.Now;
            if (state.AccountsVersion(system) > after)
            {
                return Text(new JsonObject
                {
                    ["version"] = state.AccountsVersion(system),
                    ["users"] = new JsonArray(
                    [
                        .. state.Systems[system].Bindings
                            .Select(bound => (state.Users[bound.Key].User, bound.Value.Sudo))
                            .Where(bound => bound.User is { State: "ACTIVATED", Password: not null })
                            .Select(bound => Account(bound.User, bound.Sudo)),
                    ]),
                }.ToJsonString());
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    private static JsonObject Account(TenantUser user, bool sudo) => new()
    {
        ["id"] = user.Id,
        ["username"] = user.Username,
        ["fullName"] = user.Displayname,
        ["admin"] = sudo,
        ["password"] = new JsonObject
        {
            ["salt"] = Convert.ToBase64String(user.Password!.Salt),
            ["iterations"] = user.Password.Iterations,
            ["hash"] = Convert.ToBase64String(user.Password.Hash),
        },
    };

    private static async Task<JsonNode> ReadAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;

    private static HttpResponseMessage Text(string text) => new(HttpStatusCode.OK) { Content = new StringContent(text) };

    private static HttpRequestException NotSecure(AuthenticationException refused) => new(
        HttpRequestError.SecureConnectionError, "The SSL connection could not be established, see inner exception.", refused);
}
