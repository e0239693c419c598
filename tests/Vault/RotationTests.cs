using System.Net;
using Azure.Core.Pipeline;
using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Vault;
using Prestage.Simulators.JumpCloud;
using Prestage.Simulators.KeyVault;
using Prestage.Tests.Activate;
using Prestage.Tests.History;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Vault;

/// <summary>Whole enrollments while the credential changes in vault and tenant.</summary>
[Collection(VaultTests.Name)]
public sealed class RotationTests : IDisposable
{
    private const int Macs = 50;
    private const string ClientId = "5a1b-client";
    private const string OldSecret = "old-client-secret-8c1e";
    private const string NewSecret = "new-client-secret-77ab";
    private const string NewKey = "jca_the-new-key-of-the-organization-4417";

    private readonly SimulatedKeyVault vault;
    private readonly HttpClient http;

    public RotationTests(VaultFixture fixture)
    {
        vault = fixture.Vault;
        (vault.Forbidden, vault.Unavailable) = (false, 0);
        vault.Secrets.Set(EventKeys.SecretName, Convert.ToBase64String(new byte[32]));
        http = KeyVaultSecretsTests.Trusting(vault, new());
    }

    private static int Refused(Backend backend, string auth) => backend.JumpCloud.Journal.Requests.Count(call => call.Auth == auth && call.Status == 401);

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task A_key_rotated_with_an_overlap_while_fifty_Macs_enroll_fails_none_of_them()
    {
        var options = new SimulatedJumpCloudOptions();
        vault.Secrets.Set(ApiKeyCredential.SecretName, options.ApiKeys[0]);
        await using var backend = await StartAsync(options, []);

        await EnrollAsync(backend, () =>
        {
            backend.JumpCloud.Credentials.AddApiKey(NewKey);
            vault.Secrets.Set(ApiKeyCredential.SecretName, NewKey);
        });
        backend.JumpCloud.Credentials.RevokeApiKey(options.ApiKeys[0]);
        backend.Clock.Advance(TimeSpan.FromMinutes(6));
        await EnrollOneAsync(backend, Macs);

        Assert.Equal(0, Refused(backend, "apiKey"));
    }

    [Fact]
    public async Task A_key_that_dies_at_its_rotation_while_fifty_Macs_enroll_fails_none_of_them()
    {
        var options = new SimulatedJumpCloudOptions();
        vault.Secrets.Set(ApiKeyCredential.SecretName, options.ApiKeys[0]);
        await using var backend = await StartAsync(options, []);
        var reads = 0;

        await EnrollAsync(backend, () =>
        {
            reads = KeyReads();
            backend.JumpCloud.Credentials.AddApiKey(NewKey);
            vault.Secrets.Set(ApiKeyCredential.SecretName, NewKey);
            backend.JumpCloud.Credentials.RevokeApiKey(options.ApiKeys[0]);
        });

        Assert.InRange(Refused(backend, "apiKey"), 1, 32);

        // One, and one more where a refusal comes later than the three seconds in which the vault is not asked again.
        Assert.InRange(KeyReads(), reads + 1, reads + 2);
    }

    [Fact]
    public async Task A_service_account_whose_secret_and_tokens_die_while_fifty_Macs_enroll_fails_none_of_them()
    {
        var options = new SimulatedJumpCloudOptions { ApiKeys = ["unused"], ServiceAccounts = { [ClientId] = OldSecret } };
        vault.Secrets.Set(ServiceAccountTokens.ClientIdName, ClientId);
        vault.Secrets.Set(ServiceAccountTokens.ClientSecretName, OldSecret);
        await using var backend = await StartAsync(options, new() { ["JumpCloud:Auth"] = "serviceAccount" });
        backend.Canaries.Add("a client secret", OldSecret);
        backend.Canaries.Add("a client secret", NewSecret);

        await EnrollAsync(backend, () =>
        {
            backend.JumpCloud.Credentials.AddClientSecret(ClientId, NewSecret);
            vault.Secrets.Set(ServiceAccountTokens.ClientSecretName, NewSecret);
            backend.JumpCloud.Credentials.RevokeClientSecret(ClientId, OldSecret);
            backend.JumpCloud.Credentials.RevokeTokens();
        });
        foreach (var token in backend.JumpCloud.Credentials.Tokens)
        {
            backend.Canaries.Add("a bearer token", token);
        }

        Assert.Equal([200, 401, 200], backend.JumpCloud.Journal.Find("POST", "/oauth2/token").Select(call => call.Status));
        Assert.InRange(Refused(backend, "bearer"), 1, 32);
    }

    [Fact]
    public async Task A_made_up_key_in_a_history_asks_the_vault_once_in_three_seconds()
    {
        var options = new SimulatedJumpCloudOptions();
        vault.Secrets.Set(ApiKeyCredential.SecretName, options.ApiKeys[0]);
        await using var backend = await StartAsync(options, []);
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        var id = EnrollmentId.Parse(mac.Token!.Split('.')[0]);
        await backend.ChangeRowAsync(id, "s|", null, row => row["Key"] = "0123456789abcdef");
        await backend.ChangeRowAsync(id, "e|", 0, row => row["Key"] = "0123456789abcdef");
        var (before, started) = (KeyReads(EventKeys.SecretName), TimeProvider.System.GetTimestamp());

        for (var read = 0; read < 20; read++)
        {
            Assert.Equal("unchecked", (await backend.HistoryAsync(mac)).Chain.ToString());
        }

        var threes = (int)(TimeProvider.System.GetElapsedTime(started).TotalSeconds / 3);
        Assert.InRange(KeyReads(EventKeys.SecretName), before + 1, before + 1 + threes);
        mac.Dispose();
    }

    private Task<Backend> StartAsync(SimulatedJumpCloudOptions options, Dictionary<string, string?> settings) => Backend.StartAsync(
        settings,
        options,
        vault: new(vault.VaultUri, (clock, log) => new KeyVaultSecrets(
            new() { Uri = vault.VaultUri.AbsoluteUri }, clock, log.For<KeyVaultSecrets>(), new HttpClientTransport(http))));

    private int KeyReads(string name = ApiKeyCredential.SecretName) => vault.Journal.Find("GET", $"/secrets/{name}*").Count(read => read.Auth == "bearer");

    private static async Task EnrollAsync(Backend backend, Action rotate)
    {
        var enrollments = Enumerable.Range(0, Macs).Select(number => EnrollOneAsync(backend, number)).ToList();
        await backend.UntilCalledAsync("PUT", "/api/systemusers/*", 10);
        rotate();
        await Task.WhenAll(enrollments);
        Assert.DoesNotContain(backend.Log.Lines, line => line.Contains("JumpCloud refuses our key or token", StringComparison.Ordinal));
    }

    private static async Task EnrollOneAsync(Backend backend, int number)
    {
        var person = backend.AddPerson(People.New($"person{number}"));
        using var mac = new WireMac(backend);
        await DoneAsync(() => mac.VerifyAsync(person.Email, person.EmployeeIdentifier));
        await DoneAsync(() => mac.ActivateAsync(People.Password));
        await DoneAsync(mac.AssociateAsync);
        backend.ShowManaged(mac, person.Username);
        await DoneAsync(mac.CompleteAsync);
        Assert.Equal("completed", (await mac.UntilAsync("completed")).Text("state"));
    }

    // As the Mac does: a service that is busy is asked again. That the key was not the reason is in the log.
    private static async Task DoneAsync(Func<Task<Reply>> call)
    {
        var reply = await Wait.ForAsync(
            async () => await call() is { Status: not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests) } done ? done : null,
            pause: TimeSpan.FromMilliseconds(200));

        Assert.True((int)reply.Status is 200 or 202, reply.Body);
    }
}
