using Prestage.Functions.Vault;

namespace Prestage.Functions.JumpCloud;

/// <summary>
/// A service account's bearer token: kept, renewed when a fifth of its life is left, fetched by one call at a time for all that wait.
/// </summary>
internal sealed partial class ServiceAccountCredential(
    ServiceAccountTokens tokens, TimeProvider clock, ILogger<ServiceAccountCredential> log) : IDirectoryCredential
{
    private const double RenewAfter = 0.8;

    // JumpCloud may refuse a good token for other reasons; it is not asked for new ones at every call then.
    private static readonly TimeSpan BetweenForced = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private volatile Known? known;
    private Task<Known>? fetching;
    private long? forcedAt;

    /// <inheritdoc/>
    public string Remedy => "Give the service account a role that may do it, and see that its client id and secret are in the vault";

    /// <inheritdoc/>
    public ValueTask<Secret> GetAsync(CancellationToken cancellationToken) =>
        known is { } token && IsBefore(token.FetchedAt, token.RenewAfter) ? new(token.Value) : new(NewAsync(cancellationToken));

    /// <inheritdoc/>
    public async Task<Secret?> RenewAsync(Secret refused, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (known is { } token)
            {
                if (!ReferenceEquals(token.Value, refused))
                {
                    return token.Value;
                }

                if (forcedAt is { } earlier && IsBefore(earlier, BetweenForced))
                {
                    return null;
                }

                (known, forcedAt) = (null, clock.GetTimestamp());
            }
        }

        return (await FetchOnceAsync().WaitAsync(cancellationToken)).Value;
    }

    /// <inheritdoc/>
    public void Apply(HttpRequestMessage request, Secret shown) => request.Headers.Authorization = new("Bearer", shown.Reveal());

    private async Task<Secret> NewAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await FetchOnceAsync().WaitAsync(cancellationToken)).Value;
        }
        catch (Exception exception) when (
            exception is DirectoryException or SecretUnavailableException && known is { } old && IsBefore(old.FetchedAt, old.Life))
        {
            Log.Kept(log, exception);
            lock (gate)
            {
                known = known == old ? old with { RenewAfter = clock.GetElapsedTime(old.FetchedAt) + TryAgainAfter } : known;
            }

            return old.Value;
        }
    }

    // Who gives up waiting does not stop the others' fetch: its own time limits end it.
    private Task<Known> FetchOnceAsync()
    {
        lock (gate)
        {
            if (known is { } token && IsBefore(token.FetchedAt, token.RenewAfter))
            {
                return Task.FromResult(token);
            }

            return fetching is { IsCompleted: false } ? fetching : fetching = FetchAsync();
        }
    }

    private async Task<Known> FetchAsync()
    {
        var fetched = await tokens.FetchAsync(CancellationToken.None);
        var token = new Known(fetched.Value, clock.GetTimestamp(), fetched.Life * RenewAfter, fetched.Life);
        known = token;
        return token;
    }

    private bool IsBefore(long start, TimeSpan end) => clock.GetElapsedTime(start) < end;

    /// <summary>A token; how long after <paramref name="FetchedAt"/> (a timestamp) it is renewed, and how long it is good.</summary>
    private sealed record Known(Secret Value, long FetchedAt, TimeSpan RenewAfter, TimeSpan Life);

    private static partial class Log
    {
        [LoggerMessage(7016, LogLevel.Warning, "The service account's token could not be renewed yet; the present one stays in use until its end")]
        public static partial void Kept(ILogger log, Exception reason);
    }
}
