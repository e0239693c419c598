using System.Collections.Concurrent;
using System.Net.Sockets;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

namespace Prestage.Functions.Vault;

/// <summary>
/// Secrets of a Key Vault, read by managed identity and kept in memory for 5 minutes; a value once read is kept in use while the vault
/// does not answer (Microsoft Learn, "Azure Key Vault throttling guidance"). A secret is read anew on demand, or after a failure, at most once in
/// 3 s, so that a key that stays refused does not make us hammer the vault.
/// </summary>
internal sealed partial class KeyVaultSecrets(
    VaultOptions options, TimeProvider clock, ILogger<KeyVaultSecrets> log, HttpPipelineTransport? transport = null) : ISecretSource, IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BetweenForced = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);

    private readonly Lazy<SecretClient> client = new(() => Connect(options, transport));
    private readonly ConcurrentDictionary<string, Known> known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> forcedAt = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Failure> failures = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim reading = new(1, 1);

    /// <summary>
    /// Whether the check that the vault's challenge belongs to the vault's own domain is off: only for a stand-in on loopback, which cannot
    /// have such a domain.
    /// </summary>
    internal static bool ChallengeCheckIsOff(Uri vault) => vault.IsLoopback;

    /// <inheritdoc/>
    public ValueTask<Secret> GetAsync(string name, CancellationToken cancellationToken) =>
        known.TryGetValue(name, out var entry) && clock.GetElapsedTime(entry.TriedAt) < Fresh
            ? new(entry.Value)
            : new(ReadOrKeepAsync(name, cancellationToken));

    /// <inheritdoc/>
    public Task<Secret> ReloadAsync(string name, CancellationToken cancellationToken) => ReadAsync(name, forced: true, cancellationToken);

    /// <inheritdoc/>
    public Task<Secret> LookAsync(string name, CancellationToken cancellationToken) => ReadAsync(name, forced: false, cancellationToken);

    /// <inheritdoc/>
    public SecretFacts? Facts(string name) => known.TryGetValue(name, out var entry) ? new(entry.EndsAt) : null;

    /// <inheritdoc/>
    public void Dispose() => reading.Dispose();

    private async Task<Secret> ReadAsync(string name, bool forced, CancellationToken cancellationToken)
    {
        var asked = clock.GetTimestamp();
        await reading.WaitAsync(cancellationToken);
        try
        {
            // Who waited here while another call read the vault takes what that call read.
            if (known.TryGetValue(name, out var entry) && (entry.ReadAt > asked || (forced && forcedAt.TryGetValue(name, out var earlier) && IsRecent(earlier))))
            {
                return entry.Value;
            }

            if (failures.TryGetValue(name, out var failure) && IsRecent(failure.At))
            {
                throw new SecretUnavailableException(name, failure.Reason.Fault, "the last read of it failed.", failure.Reason);
            }

            failures.TryRemove(name, out _);
            if (forced)
            {
                forcedAt[name] = clock.GetTimestamp();
            }

            return await ReadNowAsync(name, cancellationToken);
        }
        catch (SecretUnavailableException exception)
        {
            // One that was told again keeps its time.
            failures.TryAdd(name, new(exception, clock.GetTimestamp()));
            throw;
        }
        finally
        {
            reading.Release();
        }
    }

    private async Task<Secret> ReadNowAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TimeLimit);
            var secret = await client.Value.GetSecretAsync(name, cancellationToken: limit.Token);
            var value = new Secret(secret.Value.Value);
            var now = clock.GetTimestamp();
            known[name] = new(value, now, now, secret.Value.Properties.ExpiresOn);
            return value;
        }
        catch (RequestFailedException exception)
        {
            var (fault, code) = VaultAnswers.Of(exception);
            throw new SecretUnavailableException(name, fault, $"the vault answered {exception.Status} {code}.", exception);
        }
        catch (AuthenticationFailedException exception)
        {
            throw new SecretUnavailableException(name, SecretFault.NoIdentity, "the managed identity gives no token.", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new SecretUnavailableException(name, SecretFault.WrongVault, "what answers at Vault__Uri is not that vault.", exception);
        }
        catch (Exception exception) when (exception is AggregateException or SocketException)
        {
            throw new SecretUnavailableException(name, SecretFault.Unreachable, "the vault does not answer.", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SecretUnavailableException(name, SecretFault.Unreachable, "the vault does not answer in time.", exception);
        }
    }

    private bool IsRecent(long timestamp) => clock.GetElapsedTime(timestamp) < BetweenForced;

    private async Task<Secret> ReadOrKeepAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(name, forced: false, cancellationToken);
        }
        catch (SecretUnavailableException exception) when (known.TryGetValue(name, out var entry))
        {
            Log.KeptOldValue(log, name, exception);
            known[name] = entry with { TriedAt = clock.GetTimestamp() };
            return entry.Value;
        }
    }

    private static SecretClient Connect(VaultOptions options, HttpPipelineTransport? transport)
    {
        var vault = new Uri(options.Uri!);
        TokenCredential credential = new ManagedIdentityCredential(
            string.IsNullOrEmpty(options.ClientId) ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(options.ClientId));
        var client = new SecretClientOptions
        {
            DisableChallengeResourceVerification = ChallengeCheckIsOff(vault),
            Retry = { MaxRetries = 2, NetworkTimeout = TimeSpan.FromSeconds(5) },
        };
        client.Transport = transport ?? client.Transport;
        return new(vault, credential, client);
    }

    /// <summary>Timestamps: when the value was read, and when it was last tried to read it again.</summary>
    private readonly record struct Known(Secret Value, long ReadAt, long TriedAt, DateTimeOffset? EndsAt);

    private readonly record struct Failure(SecretUnavailableException Reason, long At);

    private static partial class Log
    {
        [LoggerMessage(8101, LogLevel.Warning, "Key Vault: {Name} could not be read again; the value read before stays in use")]
        public static partial void KeptOldValue(ILogger log, string name, Exception reason);
    }
}
