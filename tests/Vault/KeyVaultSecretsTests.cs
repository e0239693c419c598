using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Azure.Core.Pipeline;
using Prestage.Functions.Vault;
using Prestage.Simulators.KeyVault;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Vault;

/// <summary>The tests that share the vault.</summary>
[CollectionDefinition(Name)]
public sealed class VaultTests : ICollectionFixture<VaultFixture>
{
    public const string Name = "vault";
}

/// <summary>One vault for all tests: the identity library keeps its tokens for the life of the process.</summary>
public sealed class VaultFixture : IAsyncLifetime
{
    internal SimulatedKeyVault Vault { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Vault = await SimulatedKeyVault.StartAsync();
        Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", Vault.IdentityEndpoint.AbsoluteUri);
        Environment.SetEnvironmentVariable("IDENTITY_HEADER", Vault.IdentityHeader);
    }

    public ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", null);
        Environment.SetEnvironmentVariable("IDENTITY_HEADER", null);
        return Vault.DisposeAsync();
    }
}

/// <summary>The real SecretClient and ManagedIdentityCredential against the simulated vault; the environment is this process's own.</summary>
[Collection(VaultTests.Name)]
public sealed class KeyVaultSecretsTests : IDisposable
{
    private const string Name = "jumpcloud-api-key";
    private readonly ManualClock clock = new(TimeProvider.System.GetUtcNow());
    private readonly LogCapture log = new();
    private readonly SimulatedKeyVault vault;
    private readonly HttpClient http;

    public KeyVaultSecretsTests(VaultFixture fixture)
    {
        vault = fixture.Vault;
        (vault.Forbidden, vault.Unavailable) = (false, 0);
        vault.Secrets.Set(Name, "first-value");
        http = Trusting(vault, new());
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Reads with a token; the client's first call goes without one, to be challenged.
    private int Reads => vault.Journal.Find("GET", "/secrets/*").Count(read => read.Auth == "bearer");

    public void Dispose()
    {
        http.Dispose();
        Assert.DoesNotContain(log.Lines, line => line.Contains("first-value", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_is_read_once_in_five_minutes_and_a_new_version_then_taken()
    {
        using var secrets = Secrets(vault.VaultUri);
        Assert.Equal("first-value", (await secrets.GetAsync(Name, Cancel)).Reveal());
        var reads = vault.Journal.Count("GET", "/secrets/*");
        vault.Secrets.Set(Name, "second-value");

        Assert.Equal("first-value", (await secrets.GetAsync(Name, Cancel)).Reveal());
        Assert.Equal(reads, vault.Journal.Count("GET", "/secrets/*"));

        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("second-value", (await secrets.GetAsync(Name, Cancel)).Reveal());
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_keeps_no_value_longer_or_shorter()
    {
        using var secrets = Secrets(vault.VaultUri);
        await secrets.GetAsync(Name, Cancel);
        var reads = Reads;
        vault.Secrets.Set(Name, "second-value");
        clock.SetWallClock(TimeSpan.FromHours(3));
        Assert.Equal("first-value", (await secrets.GetAsync(Name, Cancel)).Reveal());
        Assert.Equal(reads, Reads);

        clock.SetWallClock(TimeSpan.FromHours(-6));
        clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal("second-value", (await secrets.GetAsync(Name, Cancel)).Reveal());
    }

    [Fact]
    public async Task A_vault_that_does_not_answer_leaves_the_value_read_before_in_use()
    {
        using var secrets = Secrets(vault.VaultUri);
        await secrets.GetAsync(Name, Cancel);
        vault.Unavailable = 1000;
        clock.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal("first-value", (await secrets.GetAsync(Name, Cancel)).Reveal());
        Assert.Contains(log.Lines, line => line.Contains("stays in use", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_role_and_a_missing_secret_are_told_by_name()
    {
        using var secrets = Secrets(vault.VaultUri);
        var missing = await Assert.ThrowsAsync<SecretUnavailableException>(async () => await secrets.GetAsync("no-such-secret", Cancel));
        vault.Forbidden = true;
        var forbidden = await Assert.ThrowsAsync<SecretUnavailableException>(async () => await secrets.GetAsync(Name, Cancel));

        Assert.Contains("no-such-secret", missing.Message, StringComparison.Ordinal);
        Assert.Contains("404", missing.Message, StringComparison.Ordinal);
        Assert.Contains(Name, forbidden.Message, StringComparison.Ordinal);
        Assert.Contains("403", forbidden.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_stays_refused_is_read_anew_once_in_three_seconds_however_often_it_is_asked_for()
    {
        using var secrets = Secrets(vault.VaultUri);
        await secrets.GetAsync(Name, Cancel);
        var before = Reads;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => secrets.ReloadAsync(Name, Cancel)));
        await secrets.ReloadAsync(Name, Cancel);
        Assert.Equal(before + 1, Reads);

        clock.Advance(TimeSpan.FromSeconds(3));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => secrets.ReloadAsync(Name, Cancel)));
        Assert.Equal(before + 2, Reads);
    }

    [Fact]
    public async Task A_key_rotated_just_after_it_was_read_is_taken_at_the_first_refusal()
    {
        using var secrets = Secrets(vault.VaultUri);
        await secrets.GetAsync(Name, Cancel);
        vault.Secrets.Set(Name, "second-value");

        Assert.Equal("second-value", (await secrets.ReloadAsync(Name, Cancel)).Reveal());
    }

    [Fact]
    public async Task A_vault_that_refuses_is_asked_once_in_three_seconds_for_each_secret()
    {
        using var secrets = Secrets(vault.VaultUri);
        vault.Forbidden = true;
        await ManyFailAsync(secrets);
        var reads = Reads;
        await ManyFailAsync(secrets);
        Assert.Equal(reads, Reads);

        vault.Forbidden = false;
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("first-value", (await secrets.GetAsync(Name, Cancel)).Reveal());
    }

    [Fact]
    public async Task The_challenge_is_checked_for_every_vault_that_is_not_on_loopback()
    {
        Assert.True(KeyVaultSecrets.ChallengeCheckIsOff(vault.VaultUri));
        Assert.False(KeyVaultSecrets.ChallengeCheckIsOff(new("https://prestage.vault.azure.net")));

        // A host elsewhere that answers with the challenge of Azure's vaults: its name is not one of theirs.
        using var elsewhere = Trusting(vault, new() { ConnectCallback = async (_, cancellationToken) => await ConnectAsync(cancellationToken) });
        using var secrets = Secrets(new($"https://vault.example.com:{vault.VaultUri.Port}"), elsewhere);
        var refused = await Assert.ThrowsAsync<SecretUnavailableException>(async () => await secrets.GetAsync(Name, Cancel));
        Assert.IsType<InvalidOperationException>(refused.InnerException);
    }

    private static async Task ManyFailAsync(KeyVaultSecrets secrets)
    {
        var failed = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Assert.ThrowsAsync<SecretUnavailableException>(() => secrets.ReloadAsync(Name, Cancel))));
        Assert.All(failed, failure => Assert.Contains(Name, failure.Message, StringComparison.Ordinal));
    }

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", vault.VaultUri.Port, cancellationToken);
        return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
    }

    // Trusts the simulated vault's authority, as SSL_CERT_FILE makes a process of its own do, whatever host the vault plays.
    internal static HttpClient Trusting(SimulatedKeyVault vault, SocketsHttpHandler handler)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(vault.CaFile);
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = (_, _, _, errors) => errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateNameMismatch,
        };
        return new(handler);
    }

    private KeyVaultSecrets Secrets(Uri uri, HttpClient? client = null) =>
        new(new() { Uri = uri.AbsoluteUri }, clock, log.For<KeyVaultSecrets>(), new HttpClientTransport(client ?? http));
}
