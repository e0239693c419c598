using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Azure;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Prestage.Simulators.KeyVault;
using Xunit;

namespace Prestage.Tests.Simulation;

public sealed class SimulatedKeyVaultTests
{
    [Fact]
    public async Task Without_a_token_of_its_identity_endpoint_the_vault_challenges()
    {
        await using var vault = await SimulatedKeyVault.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        vault.Secrets.Set("jumpcloud-api-key", "value-one");
        using var http = Trusting(vault);
        using var bare = await GetAsync(http, new Uri(vault.VaultUri, "secrets/jumpcloud-api-key?api-version=2026-04-01"));
        using var forged = await GetAsync(http, new Uri(vault.VaultUri, "secrets/jumpcloud-api-key"), "forged");
        var token = await TokenAsync(vault, http, "https://management.azure.com");
        using var foreign = await GetAsync(http, new Uri(vault.VaultUri, "secrets/jumpcloud-api-key"), token);

        Assert.All([bare, forged, foreign], reply => Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode));
        Assert.StartsWith("""Bearer authorization="https://login.microsoftonline.com/""", bare.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("""resource="https://vault.azure.net" """.TrimEnd(), bare.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_has_versions_and_the_newest_is_read_by_name()
    {
        await using var vault = await SimulatedKeyVault.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var first = vault.Secrets.Set("key", "value-one");
        vault.Secrets.Set("key", "value-two");
        using var http = Trusting(vault);
        var token = await TokenAsync(vault, http, "https://vault.azure.net");

        async Task<(int Status, JsonElement Body)> ReadAsync(string path)
        {
            using var reply = await GetAsync(http, new Uri(vault.VaultUri, path), token);
            return ((int)reply.StatusCode, JsonElement.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        }

        Assert.Equal("value-two", (await ReadAsync("secrets/key/")).Body.GetProperty("value").GetString());
        Assert.Equal("value-one", (await ReadAsync($"secrets/key/{first}")).Body.GetProperty("value").GetString());
        var missing = await ReadAsync("secrets/other");
        Assert.Equal((404, "SecretNotFound"), (missing.Status, missing.Body.GetProperty("error").GetProperty("code").GetString()));
        vault.Forbidden = true;
        var forbidden = await ReadAsync("secrets/key");
        Assert.Equal((403, "ForbiddenByRbac"), (forbidden.Status, forbidden.Body.GetProperty("error").GetProperty("innererror").GetProperty("code").GetString()));
        vault.Throttled = 1;
        Assert.Equal(429, (await ReadAsync("secrets/key")).Status);
        Assert.DoesNotContain("value-", string.Join('\n', vault.Journal.Requests.Select(request => request.ToString())), StringComparison.Ordinal);
        Assert.Empty(vault.Journal.UnknownRoutes);
        await ReadAsync("keys/key");
        Assert.Single(vault.Journal.UnknownRoutes);
        vault.Identity.RevokeTokens();
        Assert.Equal(401, (await ReadAsync("secrets/key")).Status);
    }

    [Theory]
    [InlineData("?api-version=2019-08-01&resource=https://vault.azure.net", false, 401)]
    [InlineData("?resource=https://vault.azure.net", true, 400)]
    [InlineData("?api-version=2019-08-01", true, 400)]
    [InlineData("?api-version=2019-08-01&resource=https://vault.azure.net&client_id=other", true, 400)]
    [InlineData("?api-version=2019-08-01&resource=https://vault.azure.net&client_id=mine", true, 200)]
    public async Task The_identity_endpoint_wants_its_header_version_resource_and_client(string query, bool header, int status)
    {
        await using var vault = await SimulatedKeyVault.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        vault.Identity.ClientId = "mine";
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("X-IDENTITY-HEADER", header ? vault.IdentityHeader : "wrong");

        using var reply = await http.GetAsync(new Uri(vault.IdentityEndpoint, query), TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)reply.StatusCode);
    }

    [Fact]
    public async Task The_real_client_in_another_process_trusts_the_authority_and_reads_what_was_rotated_in()
    {
        using var vault = Sandbox.Start("vault", "--ca-file", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        await vault.StandardInput.WriteLineAsync("""{"secrets":{"key":"value-one"}}""");
        await vault.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var ready = JsonElement.Parse(await vault.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? "");
        await vault.StandardInput.WriteLineAsync("""{"secrets":{"key":"value-two"}}""");
        await vault.StandardInput.FlushAsync(TestContext.Current.CancellationToken);

        // SSL_CERT_FILE and the identity's variables are read once by a process, so the client needs one of its own.
        var start = new ProcessStartInfo("dotnet", [typeof(SimulatedKeyVaultTests).Assembly.Location,
            "-explicit", "only", "-method", $"{typeof(SimulatedKeyVaultTests).FullName}.{nameof(Child_the_real_client_reads_a_secret)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment["SSL_CERT_FILE"] = ready.GetProperty("caFile").GetString();
        start.Environment["IDENTITY_ENDPOINT"] = ready.GetProperty("identityEndpoint").GetString();
        start.Environment["IDENTITY_HEADER"] = ready.GetProperty("identityHeader").GetString();
        start.Environment["SIMULATED_VAULT"] = ready.GetProperty("vaultUri").GetString();
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        vault.StandardInput.Close();
        await vault.WaitForExitAsync(TestContext.Current.CancellationToken);
        File.Delete(ready.GetProperty("caFile").GetString()!);

        Assert.True(child.ExitCode == 0, output);
        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0", output, StringComparison.Ordinal);
        Assert.Equal(0, vault.ExitCode);
    }

    /// <summary>Runs only in the child process of the test above.</summary>
    [Fact(Explicit = true, Timeout = 30_000)]
    public async Task Child_the_real_client_reads_a_secret()
    {
        var client = new SecretClient(new Uri(Environment.GetEnvironmentVariable("SIMULATED_VAULT")!),
            new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned), new SecretClientOptions { DisableChallengeResourceVerification = true });

        var secret = await client.GetSecretAsync("key", cancellationToken: TestContext.Current.CancellationToken);
        while (secret.Value.Value != "value-two")
        {
            secret = await client.GetSecretAsync("key", cancellationToken: TestContext.Current.CancellationToken);
        }

        var missing = await Assert.ThrowsAsync<RequestFailedException>(() => client.GetSecretAsync("other", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal("key", secret.Value.Name);
        Assert.Equal((404, "SecretNotFound"), (missing.Status, missing.ErrorCode));
    }

    private static HttpClient Trusting(SimulatedKeyVault vault)
    {
        var authority = X509CertificateLoader.LoadCertificateFromFile(vault.CaFile);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { authority },
        };
        return new HttpClient(handler);
    }

    private static async Task<string> TokenAsync(SimulatedKeyVault vault, HttpClient http, string resource)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(vault.IdentityEndpoint, $"?api-version=2019-08-01&resource={resource}"));
        request.Headers.Add("X-IDENTITY-HEADER", vault.IdentityHeader);
        using var reply = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return JsonElement.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("access_token").GetString()!;
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient http, Uri address, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
