using System.Security.Cryptography;
using System.Text;
using Prestage.Simulators.JumpCloud;
using Xunit;

namespace Prestage.Tests.Simulation;

public sealed class JumpCloudAdmissionTests : IDisposable
{
    private const string KeyRefused = """{"error":"Unauthorized","message":"Unauthorized: api key user not found"}""";
    private const string RefusedV1 = """{"message":"Unauthorized","error":"Unauthorized"}""";
    private const string RefusedV2 = """{"message":"Unauthorized"}""";

    private readonly RSA key = RSA.Create(2048);

    public void Dispose() => key.Dispose();

    [Fact]
    public async Task A_rotated_key_is_refused_with_its_own_body_and_the_new_one_works()
    {
        await using var tenant = await TenantClient.StartAsync();
        tenant.JumpCloud.Credentials.AddApiKey("jca_two");
        Assert.Equal(200, (await tenant.SendAsync("GET", "/api/systemusers")).Status);

        tenant.JumpCloud.Credentials.RevokeApiKey(TenantClient.Key);

        var old = await tenant.SendAsync("GET", "/api/v2/systemgroups/5f0000000000000000000001");
        Assert.Equal((401, KeyRefused), (old.Status, old.Text));
        Assert.Equal(200, (await tenant.SendAsync("GET", "/api/systemusers/", prepare: With("x-api-key", "jca_two"))).Status);
    }

    [Theory]
    [InlineData(null, false, "/api/systemusers", 200)]
    [InlineData(null, true, "/api/systemusers", 401)]
    [InlineData("5f0000000000000000000001", true, "/api/systemusers", 200)]
    [InlineData("nonsense", false, "/api/systemusers", 400)]
    [InlineData("5f0000000000000000000009", false, "/api/systemusers", 404)]
    [InlineData(null, true, "/api/organizations/5f0000000000000000000001", 200)]
    [InlineData("5f0000000000000000000001", false, "/api/organizations/5f0000000000000000000001", 403)]
    public async Task The_organization_header_follows_its_rules(string? orgId, bool multiTenant, string path, int status)
    {
        await using var tenant = await TenantClient.StartAsync(options => options.MultiTenant = multiTenant);

        var reply = await tenant.SendAsync("GET", path, prepare: orgId is null ? null : headers => headers.Add("x-org-id", orgId));

        Assert.Equal(status, reply.Status);
        Assert.Equal(orgId, Assert.Single(tenant.JumpCloud.Journal.Requests).OrgId);
    }

    [Fact]
    public async Task An_organization_header_that_differs_from_the_path_is_400_where_the_route_takes_one()
    {
        await using var tenant = await TenantClient.StartAsync(options => options.OrgHeaderRefused = false);

        async Task<int> GetAsync(string orgId) => (await tenant.SendAsync("GET", $"/api/organizations/{orgId}",
            prepare: headers => headers.Add("x-org-id", "5f0000000000000000000001"))).Status;

        Assert.Equal(200, await GetAsync("5f0000000000000000000001"));
        Assert.Equal(400, await GetAsync("5f0000000000000000000009"));
    }

    [Fact]
    public async Task A_service_account_gets_a_token_that_can_be_revoked()
    {
        await using var tenant = await TenantClient.StartAsync(options => options.ServiceAccounts["client"] = "secret");

        async Task<Reply> TokenAsync(string pair, string grant = "client_credentials", string scope = "api")
        {
            using var http = new HttpClient { BaseAddress = tenant.JumpCloud.BaseUrl };
            http.DefaultRequestHeaders.Add("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
            using var form = new FormUrlEncodedContent([new("grant_type", grant), new("scope", scope)]);
            using var reply = await http.PostAsync(new Uri("oauth2/token", UriKind.Relative), form, TestContext.Current.CancellationToken);
            return new Reply((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), reply.Headers);
        }

        Assert.Equal(401, (await TokenAsync("client:wrong")).Status);
        Assert.Equal(400, (await TokenAsync("client:secret", grant: "password")).Status);
        Assert.Equal(403, (await TokenAsync("client:secret", scope: "all")).Status);
        var token = (await TokenAsync("client:secret")).Json.GetProperty("access_token").GetString()!;
        Assert.Equal(200, (await tenant.SendAsync("GET", "/api/systemusers", prepare: Bearer(token))).Status);

        tenant.JumpCloud.Credentials.RevokeTokens();
        tenant.JumpCloud.Options.TokenSeconds = 0;
        var expired = (await TokenAsync("client:secret")).Json.GetProperty("access_token").GetString()!;

        Assert.Equal(401, (await tenant.SendAsync("GET", "/api/systemusers", prepare: Bearer(token))).Status);
        Assert.Equal(401, (await tenant.SendAsync("GET", "/api/systemusers", prepare: Bearer(expired))).Status);
    }

    [Fact]
    public async Task A_system_reads_itself_with_a_signature_that_covers_the_query_whatever_its_organization()
    {
        await using var tenant = await TenantClient.StartAsync();
        var own = Mac(tenant);
        var foreign = Mac(tenant, new TenantSystem { Organization = "5f00000000000000000000ff" });

        var reply = await tenant.SignedAsync(key, own.Id, "GET", $"/api/systems/{own.Id}?binding=A-_9");
        var elsewhere = await tenant.SignedAsync(key, foreign.Id, "GET", $"/api/systems/{foreign.Id}");

        Assert.Equal(200, reply.Status);
        Assert.Equal(own.Id, reply.Json.GetProperty("id").GetString());
        Assert.Equal("5f0000000000000000000001", reply.Json.GetProperty("organization").GetString());
        Assert.Equal("administrator", reply.Json.GetProperty("provisionMetadata").GetProperty("provisioner").GetProperty("type").GetString());
        Assert.Equal("5f00000000000000000000ff", elsewhere.Json.GetProperty("organization").GetString());
        Assert.Equal(404, (await tenant.SendAsync("GET", $"/api/systems/{foreign.Id}")).Status);
        Assert.Equal(["signature", "signature", "apiKey"], tenant.JumpCloud.Journal.Requests.Select(request => request.Auth));
    }

    [Fact]
    public async Task A_signature_that_is_off_in_any_way_is_refused()
    {
        await using var tenant = await TenantClient.StartAsync();
        var own = Mac(tenant);
        var other = Mac(tenant);
        var byMdm = Mac(tenant, new TenantSystem { ProvisionMetadata = new ProvisionMetadata(new Provisioner("mdm")) });
        var keyless = tenant.Tenant.AddSystem(new TenantSystem());
        using var stolen = RSA.Create(2048);
        var path = $"/api/systems/{own.Id}";

        Reply[] refused =
        [
            await tenant.SignedAsync(key, own.Id, "GET", path + "?binding=x", signedPath: path),
            await tenant.SignedAsync(key, own.Id, "GET", path, signedPath: path + "?binding=x"),
            await tenant.SignedAsync(key, own.Id, "GET", path, skew: TimeSpan.FromSeconds(-310)),
            await tenant.SignedAsync(key, own.Id, "GET", path, skew: TimeSpan.FromSeconds(310)),
            await tenant.SignedAsync(key, own.Id, "GET", path, headers: "date"),
            await tenant.SignedAsync(stolen, own.Id, "GET", path),
            await tenant.SignedAsync(key, other.Id, "GET", path),
            await tenant.SignedAsync(key, byMdm.Id, "GET", $"/api/systems/{byMdm.Id}"),
            await tenant.SignedAsync(key, keyless.Id, "GET", $"/api/systems/{keyless.Id}"),
            await tenant.SignedAsync(key, own.Id, "GET", "/api/systemusers"),
            await tenant.SignedAsync(key, own.Id, "POST", "/api/search/systemusers", "{}"),
        ];

        Assert.All(refused, reply => Assert.Equal((401, RefusedV1), (reply.Status, reply.Text)));
        Assert.Equal(200, (await tenant.SignedAsync(key, own.Id, "GET", path, skew: TimeSpan.FromSeconds(-290))).Status);
    }

    [Fact]
    public async Task A_system_may_join_a_group_itself_but_neither_read_the_group_nor_send_another_in()
    {
        await using var tenant = await TenantClient.StartAsync();
        var (own, other) = (Mac(tenant), Mac(tenant));
        var members = $"/api/v2/systemgroups/{tenant.Tenant.AddGroup(new TenantGroup("Enrollment")).Id}/members";

        var joined = await tenant.SignedAsync(key, own.Id, "POST", members, $$"""{"op":"add","type":"system","id":"{{own.Id}}"}""");
        var pushed = await tenant.SignedAsync(key, own.Id, "POST", members, $$"""{"op":"add","type":"system","id":"{{other.Id}}"}""");
        var read = await tenant.SignedAsync(key, own.Id, "GET", members);

        Assert.Equal(204, joined.Status);
        Assert.All([pushed, read], reply => Assert.Equal((401, RefusedV2), (reply.Status, reply.Text)));
        Assert.Equal(200, (await tenant.SignedAsync(key, own.Id, "GET", $"/api/v2/systems/{own.Id}/memberof")).Status);
    }

    [Fact]
    public async Task A_relayed_signature_beside_a_key_proves_nothing_and_shows_in_the_journal()
    {
        await using var tenant = await TenantClient.StartAsync();
        var own = Mac(tenant);

        var reply = await tenant.SendAsync("GET", $"/api/systems/{own.Id}", prepare: headers =>
            headers.TryAddWithoutValidation("Authorization", $"Signature keyId=\"system/{own.Id}\",headers=\"request-line date\",algorithm=\"rsa-sha256\",signature=\"AAAA\""));

        Assert.Equal(200, reply.Status);
        Assert.Equal("several", Assert.Single(tenant.JumpCloud.Journal.Requests).Auth);
    }

    private TenantSystem Mac(TenantClient tenant, TenantSystem? like = null) =>
        tenant.Tenant.AddSystem((like ?? new TenantSystem()) with { PublicKeyPem = key.ExportSubjectPublicKeyInfoPem() });

    private static Action<System.Net.Http.Headers.HttpRequestHeaders> With(string name, string value) => headers =>
    {
        headers.Remove(name);
        headers.Add(name, value);
    };

    private static Action<System.Net.Http.Headers.HttpRequestHeaders> Bearer(string token) => headers =>
    {
        headers.Remove("x-api-key");
        headers.Add("Authorization", "Bearer " + token);
    };
}
