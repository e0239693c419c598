using Azure.Core.Pipeline;
using Prestage.Functions.History;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Vault;
using Prestage.Simulators.JumpCloud;
using Prestage.Simulators.KeyVault;
using Prestage.Tests.Support;
using Prestage.Tests.Vault;
using Xunit;

namespace Prestage.Tests.Health;

/// <summary>The vault, or a secret in it, is not as it should be, and is mended.</summary>
[Collection(VaultTests.Name)]
public sealed class VaultOutageTests : IDisposable
{
    private const string Key = ApiKeyCredential.SecretName;
    private const string ClientId = "6b2c-client";
    private const string ClientSecret = "client-secret-91fd0c";

    private readonly SimulatedJumpCloudOptions tenant = new();
    private readonly SimulatedKeyVault vault;
    private readonly HttpClient http;

    public VaultOutageTests(VaultFixture fixture)
    {
        vault = fixture.Vault;
        Mend();
        vault.Secrets.Set(Key, tenant.ApiKeys[0]);
        vault.Secrets.Set(EventKeys.SecretName, Convert.ToBase64String(new byte[32]));
        http = KeyVaultSecretsTests.Trusting(vault, new());
    }

    public void Dispose()
    {
        Mend();
        http.Dispose();
    }

    [Theory]
    [InlineData("role", "vault-role-missing", "refuses the app's identity", "the role Key Vault Secrets User")]
    [InlineData("firewall", "vault-network-refused", "network rules", "Let this app's network in")]
    [InlineData("busy", "vault-busy", "cannot now", "status page")]
    public async Task A_vault_that_refuses_is_told_apart_and_calls_recover_by_themselves(string what, string code, string detail, string remedy)
    {
        (vault.Forbidden, vault.FirewallClosed, vault.Unavailable) = (what == "role", what == "firewall", what == "busy" ? 1_000_000 : 0);
        await using var backend = await StartAsync(vault.VaultUri);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);

        var refused = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "directory-unavailable");

        Assert.Equal("5", refused.Headers["Retry-After"]);
        Assert.Contains(backend.Log.Lines, line => line.Contains("/api/verify: storage or vault did not answer", StringComparison.Ordinal) && line.Contains(Key, StringComparison.Ordinal));
        backend.Says(await backend.UntilAsync("vault", code), "vault", "down", code, detail, remedy);
        Mend();
        await mac.UntilVerifiedAsync(anna.Email, anna.EmployeeIdentifier);
        Assert.Equal("ok", (await backend.UntilAsync("vault", "ok")).Dependency($"secret/{Key}")!["code"]!.ToString());
    }

    [Fact]
    public async Task A_vault_that_is_away_when_its_secrets_were_read_stops_nobody_and_is_told_all_the_same()
    {
        await using var backend = await StartAsync(vault.VaultUri);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        await backend.UntilAsync("vault", "ok");
        vault.Unavailable = 1_000_000;

        backend.Says(await backend.UntilAsync("vault", "vault-busy"), "vault", "degraded", "vault-busy", "stay in use", "status page");
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    [Fact]
    public async Task A_vault_that_is_not_there_is_told_with_how_to_bring_it_back()
    {
        await using var backend = await StartAsync(new("https://127.0.0.1:9"));
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);

        Assert.Contains("Retry-After", (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "directory-unavailable").Headers.Keys);
        backend.Says(await backend.UntilAsync("vault", "vault-unreachable"), "vault", "down", "vault-unreachable", "does not answer", "az keyvault recover");
        Assert.Equal("unknown", (await backend.HealthAsync()).Dependency("jumpcloud")!["status"]!.ToString());
    }

    [Theory]
    [InlineData("missing", "down", "secret-missing", "There is no secret jumpcloud-api-key", "secrets.sh set jumpcloud-api-key")]
    [InlineData("disabled", "down", "secret-disabled", "jumpcloud-api-key is disabled", "Enable its newest version")]
    [InlineData("malformed", "down", "secret-malformed", "without blanks and line ends", "secrets.sh set jumpcloud-api-key")]
    public async Task A_secret_that_cannot_be_used_is_named_and_picked_up_when_it_is_put(string what, string status, string code, string detail, string remedy)
    {
        Spoil(what, Key, $"{tenant.ApiKeys[0]}\n");
        await using var backend = await StartAsync(vault.VaultUri);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);

        Assert.Contains("Retry-After", (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "directory-unavailable").Headers.Keys);
        backend.Says(await backend.UntilAsync($"secret/{Key}", code), $"secret/{Key}", status, code, detail, remedy);
        vault.Secrets.Set(Key, tenant.ApiKeys[0]);
        await mac.UntilVerifiedAsync(anna.Email, anna.EmployeeIdentifier);
        await backend.UntilAsync($"secret/{Key}", "ok");
    }

    [Theory]
    [InlineData("missing", "secret-missing", "There is no secret event-key", "secrets.sh set event-key")]
    [InlineData("malformed", "secret-malformed", "at least 32 random bytes", "secrets.sh set event-key")]
    public async Task Without_the_event_key_people_enroll_and_it_is_told(string what, string code, string detail, string remedy)
    {
        Spoil(what, EventKeys.SecretName, "too short");
        await using var backend = await StartAsync(vault.VaultUri);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        backend.Says(await backend.UntilAsync("secret/event-key", code), "secret/event-key", "degraded", code, detail, remedy);
    }

    [Theory]
    [InlineData("missing", "secret-missing", "There is no secret device-key")]
    [InlineData("malformed", "secret-malformed", "32 to 256 random characters")]
    public async Task Where_Macs_show_the_device_key_it_is_needed_and_the_earlier_one_is_not(string what, string code, string detail)
    {
        const string DeviceKey = "dk-9Qm2VtXz4Lr7Ns1Kp8Jh5Gf3Dd6Ca0Bb";
        vault.Secrets.Remove("device-key-previous");
        vault.Secrets.Set("device-key", DeviceKey);
        Spoil(what, "device-key", "short");
        await using var backend = await StartAsync(vault.VaultUri, ("Device:Trust", "record"));
        backend.Canaries.Add("the device key", DeviceKey);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend) { DeviceKey = DeviceKey };

        Assert.Contains("Retry-After", (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "directory-unavailable").Headers.Keys);
        var page = await backend.UntilAsync("secret/device-key", code);
        backend.Says(page, "secret/device-key", "down", code, detail, "secrets.sh set device-key");
        Assert.Equal("ok", page.Dependency("secret/device-key-previous")!["status"]!.ToString());
        vault.Secrets.Set("device-key", DeviceKey);
        backend.Clock.Advance(TimeSpan.FromSeconds(6));
        await mac.UntilVerifiedAsync(anna.Email, anna.EmployeeIdentifier);
    }

    [Theory]
    [InlineData(20, "secret-expiring", "It expires on")]
    [InlineData(-1, "secret-expired", "has passed")]
    public async Task A_secret_that_expires_is_a_warning_with_its_date(int days, string code, string detail)
    {
        vault.Secrets.Set(Key, tenant.ApiKeys[0], TimeProvider.System.GetUtcNow().AddDays(days));
        await using var backend = await StartAsync(vault.VaultUri);

        backend.Says(await backend.UntilAsync($"secret/{Key}", code), $"secret/{Key}", "degraded", code, detail, "Make a new jumpcloud-api-key");
    }

    [Theory]
    [InlineData("secret", "service-account-refused", "client id or secret", "vault secret jumpcloud-client-secret")]
    [InlineData("role", "service-account-role", "scope api", "a role that allows the API")]
    public async Task A_service_account_that_JumpCloud_refuses_is_told_apart(string what, string code, string detail, string remedy)
    {
        tenant.ServiceAccounts[ClientId] = ClientSecret;
        tenant.ScopeRefused = what == "role";
        vault.Secrets.Set("jumpcloud-client-id", ClientId);
        vault.Secrets.Set("jumpcloud-client-secret", what == "secret" ? "another-secret" : ClientSecret);
        await using var backend = await StartAsync(vault.VaultUri, ("JumpCloud:Auth", "serviceAccount"));
        backend.Canaries.Add("the client secret", ClientSecret);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);

        Assert.Contains("Retry-After", (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "directory-unavailable").Headers.Keys);
        backend.Says(await backend.UntilAsync("jumpcloud", code), "jumpcloud", "down", code, detail, remedy);
        tenant.ScopeRefused = false;
        vault.Secrets.Set("jumpcloud-client-secret", ClientSecret);
        await mac.UntilVerifiedAsync(anna.Email, anna.EmployeeIdentifier);
        await backend.UntilAsync("jumpcloud", "ok");
    }

    private void Mend() => (vault.Forbidden, vault.FirewallClosed, vault.Unavailable) = (false, false, 0);

    private void Spoil(string what, string name, string malformed)
    {
        switch (what)
        {
            case "missing":
                vault.Secrets.Remove(name);
                break;
            case "disabled":
                vault.Secrets.Disable(name);
                break;
            default:
                vault.Secrets.Set(name, malformed);
                break;
        }
    }

    private Task<Backend> StartAsync(Uri uri, params (string Name, string Value)[] more) => Backend.StartAsync(
        HealthPage.Watched(more), tenant,
        vault: new(uri, (clock, log) => new KeyVaultSecrets(new() { Uri = uri.AbsoluteUri }, clock, log.For<KeyVaultSecrets>(), new HttpClientTransport(http))));
}
