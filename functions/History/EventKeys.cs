using Prestage.Functions.Vault;

namespace Prestage.Functions.History;

/// <summary>
/// The secret <c>event-key</c>. Where it cannot be had, enrollments go on unsealed: the gap shows in their history (docs/decisions, event
/// chain), and the secret is asked for again once a minute.
/// </summary>
internal sealed partial class EventKeys(ISecretSource secrets, TimeProvider clock, ILogger<EventKeys> log)
{
    /// <summary>The vault secret.</summary>
    public const string SecretName = "event-key";

    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(1);
    private volatile Known? known;
    private volatile Failure? failed;
    private volatile Failure? lookUpFailed;

    /// <summary>The keys as known now; <see cref="EventKeyring.None"/> where there are none.</summary>
    public async ValueTask<EventKeyring> GetAsync(CancellationToken cancellationToken)
    {
        if (IsRecent(failed))
        {
            return EventKeyring.None;
        }

        try
        {
            return Read(await secrets.GetAsync(SecretName, cancellationToken));
        }
        catch (SecretUnavailableException exception)
        {
            failed = new(clock.GetTimestamp());
            Log.Unkeyed(log, exception);
            return EventKeyring.None;
        }
    }

    /// <summary>The same; a key that is not among them is looked up at once, since another instance may have read a newer secret.</summary>
    public ValueTask<EventKeyring> GetAsync(string? needed, CancellationToken cancellationToken) =>
        GetAsync(needed is null ? [] : [needed], cancellationToken);

    /// <summary>The same of several keys. The vault bounds how often it is asked: docs/decisions, event chain.</summary>
    public async ValueTask<EventKeyring> GetAsync(IReadOnlyList<string> needed, CancellationToken cancellationToken)
    {
        var keys = await GetAsync(cancellationToken);
        if (keys.Current is null || needed.All(id => keys.Find(id) is not null) || IsRecent(lookUpFailed))
        {
            return keys;
        }

        try
        {
            return Read(await secrets.ReloadAsync(SecretName, cancellationToken));
        }
        catch (SecretUnavailableException exception)
        {
            lookUpFailed = new(clock.GetTimestamp());
            Log.NotLookedUp(log, exception);
            return keys;
        }
    }

    private bool IsRecent(Failure? failure) => failure is { At: var at } && clock.GetElapsedTime(at) < AskAgainAfter;

    private EventKeyring Read(Secret secret)
    {
        if (known is { } same && ReferenceEquals(same.Secret, secret))
        {
            return same.Keys;
        }

        var keys = EventKeyring.TryParse(secret.Reveal(), out var parsed)
            ? parsed
            : throw new SecretUnavailableException(SecretName, SecretFault.Malformed, $"it {EventKeyring.Right}");
        known = new(secret, keys);
        return keys;
    }

    private sealed record Known(Secret Secret, EventKeyring Keys);

    private sealed record Failure(long At);

    private static partial class Log
    {
        [LoggerMessage(6202, LogLevel.Error, "Events are kept unsealed: a history written now cannot be told from a forged one")]
        public static partial void Unkeyed(ILogger log, Exception reason);

        [LoggerMessage(6204, LogLevel.Warning,
            "A key that a history names is not known, and the vault could not be asked: the history is unchecked for now")]
        public static partial void NotLookedUp(ILogger log, Exception reason);
    }
}
