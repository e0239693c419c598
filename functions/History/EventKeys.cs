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

    /// <summary>The keys as known now; <see cref="EventKeyring.None"/> where there are none.</summary>
    public async ValueTask<EventKeyring> GetAsync(CancellationToken cancellationToken)
    {
        if (failed is { At: var at } && clock.GetElapsedTime(at) < AskAgainAfter)
        {
            return EventKeyring.None;
        }

        try
        {
            var secret = await secrets.GetAsync(SecretName, cancellationToken);
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
        catch (SecretUnavailableException exception)
        {
            failed = new(clock.GetTimestamp());
            Log.Unkeyed(log, exception);
            return EventKeyring.None;
        }
    }

    private sealed record Known(Secret Secret, EventKeyring Keys);

    private sealed record Failure(long At);

    private static partial class Log
    {
        [LoggerMessage(6202, LogLevel.Error, "Events are kept unsealed: a history written now cannot be told from a forged one")]
        public static partial void Unkeyed(ILogger log, Exception reason);
    }
}
