using System.Security.Cryptography.X509Certificates;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.KeyVault;

/// <summary>
/// A Key Vault on loopback: HTTPS with a certificate of its own authority, the bearer challenge, secrets with versions; and the
/// managed-identity endpoint of App Service beside it, whose tokens are the only ones that the vault takes.
/// </summary>
internal sealed class SimulatedKeyVault : IAsyncDisposable
{
    private readonly LoopbackAuthority authority;
    private readonly X509Certificate2 certificate;
    private readonly WebApplication vault;
    private readonly WebApplication identity;
    private readonly string? ownedFile;

    private SimulatedKeyVault(string? caFile, TimeProvider clock)
    {
        authority = new LoopbackAuthority(clock);
        certificate = authority.Issue();
        ownedFile = caFile is null ? Path.GetTempFileName() : null;
        CaFile = caFile ?? ownedFile!;
        Secrets = new VaultSecrets(clock);
        Identity = new ManagedIdentity(clock, Journal);
        vault = LoopbackServer.Build(0, certificate);
        vault.MapVault(this, clock);
        identity = LoopbackServer.Build(0);
        Identity.Map(identity);
    }

    /// <summary>The vault's address: https, 127.0.0.1.</summary>
    public Uri VaultUri => LoopbackServer.AddressOf(vault);

    /// <summary>The value of <c>IDENTITY_ENDPOINT</c>: plain http, a port of its own.</summary>
    public Uri IdentityEndpoint => new(LoopbackServer.AddressOf(identity), "msi/token");

    /// <summary>The value of <c>IDENTITY_HEADER</c>.</summary>
    public string IdentityHeader => Identity.Header;

    /// <summary>The authority's certificate as PEM: the value of <c>SSL_CERT_FILE</c> for a child process.</summary>
    public string CaFile { get; }

    /// <summary>The secrets; a further <see cref="VaultSecrets.Set"/> is a rotation.</summary>
    public VaultSecrets Secrets { get; }

    /// <summary>The identity endpoint's state.</summary>
    public ManagedIdentity Identity { get; }

    /// <summary>What vault and identity endpoint were asked; no values.</summary>
    public RequestJournal Journal { get; } = new();

    /// <summary>The caller has no role: 403 <c>ForbiddenByRbac</c>.</summary>
    public bool Forbidden { get; set; }

    /// <summary>The caller's address is not let in: 403 <c>ForbiddenByFirewall</c>.</summary>
    public bool FirewallClosed { get; set; }

    /// <summary>How many of the next reads are 429.</summary>
    public int Throttled { get; set; }

    /// <summary>Their <c>Retry-After</c>, in seconds.</summary>
    public int RetryAfterSeconds { get; set; } = 1;

    /// <summary>How many of the next reads are 503.</summary>
    public int Unavailable { get; set; }

    /// <summary>Told of each read that is answered so: the status, and the call.</summary>
    public Action<string, string>? OnStruck { get; set; }

    /// <summary>Starts it; without a file for the authority's certificate it makes a temporary one and removes it at the end.</summary>
    public static async Task<SimulatedKeyVault> StartAsync(string? caFile = null, TimeProvider? clock = null, CancellationToken cancellationToken = default)
    {
        var simulated = new SimulatedKeyVault(caFile, clock ?? TimeProvider.System);
        await File.WriteAllTextAsync(simulated.CaFile, simulated.authority.Pem, cancellationToken);
        await simulated.vault.StartAsync(cancellationToken);
        await simulated.identity.StartAsync(cancellationToken);
        return simulated;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await vault.DisposeAsync();
        await identity.DisposeAsync();
        certificate.Dispose();
        authority.Dispose();
        if (ownedFile is not null)
        {
            File.Delete(ownedFile);
        }
    }
}
