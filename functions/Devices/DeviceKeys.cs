using Prestage.Functions.Vault;

namespace Prestage.Functions.Devices;

/// <summary>
/// The device keys that are valid now: the secret <c>device-key</c>, and during a rotation <c>device-key-previous</c>. Kept for 5 minutes; a key
/// that is not among them is looked up anew, so that a rotation needs no restart, but at most once in 5 s, so that who guesses does not
/// make us hammer the vault.
/// </summary>
internal sealed partial class DeviceKeys(ISecretSource secrets, TimeProvider clock, ILogger<DeviceKeys> log) : IDisposable
{
    /// <summary>The vault secret.</summary>
    public const string SecretName = "device-key";

    /// <summary>The vault secret that is valid beside it; there may be none.</summary>
    public const string PreviousSecretName = "device-key-previous";

    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(5);

    // A disabled secret answers as a vault does that refuses us: a leaked key must not outlive it for long.
    private static readonly TimeSpan LongestKept = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim reading = new(1, 1);
    private volatile Known? known;

    /// <summary>
    /// Whether a text is one of the keys, compared in a time that tells neither which nor how much of it. Throws
    /// <see cref="SecretUnavailableException"/> where there is no key to compare with.
    /// </summary>
    public async Task<bool> IsValidAsync(string shown, CancellationToken cancellationToken) =>
        Includes(await ReadAsync(Fresh, cancellationToken), shown) || Includes(await ReadAsync(BetweenReads, cancellationToken), shown);

    /// <summary>Reads the keys, so that a missing one is in the log before a Mac calls.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(Fresh, cancellationToken);
        }
        catch (SecretUnavailableException)
        {
            // Told by the read.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => reading.Dispose();

    private static bool Includes(IReadOnlyList<Secret> keys, string shown)
    {
        var found = false;
        foreach (var key in keys)
        {
            found |= key.FixedTimeEquals(shown);
        }

        return found;
    }

    private async Task<IReadOnlyList<Secret>> ReadAsync(TimeSpan longestAgo, CancellationToken cancellationToken)
    {
        if (KnownSince(longestAgo) is { } young)
        {
            return young.Value;
        }

        await reading.WaitAsync(cancellationToken);
        try
        {
            // Who waited here takes what another call has read.
            // Nor does one who hangs up make the next one ask the vault again: the read goes on, within the vault's own time limit.
            var read = KnownSince(longestAgo) ?? await ReadNowAsync(CancellationToken.None);
            known = read;
            return read.Value;
        }
        finally
        {
            reading.Release();
        }
    }

    private Known? KnownSince(TimeSpan longestAgo) =>
        known is { } read && clock.GetElapsedTime(read.At) < (read.Failure is null ? longestAgo : BetweenReads) ? read : null;

    private async Task<Known> ReadNowAsync(CancellationToken cancellationToken)
    {
        try
        {
            var current = await FindAsync(SecretName, cancellationToken) ?? throw new SecretUnavailableException(SecretName, SecretFault.Missing, "there is none.");
            var previous = await FindPreviousAsync(cancellationToken);
            var now = clock.GetTimestamp();
            return new(now, now, previous is null ? [current] : [current, previous], null);
        }
        catch (SecretUnavailableException exception)
            when (!exception.IsMissing && known is { Failure: null } earlier && clock.GetElapsedTime(earlier.ReadAt) < LongestKept)
        {
            Log.KeptOldKeys(log, exception);
            return earlier with { At = clock.GetTimestamp() };
        }
        catch (SecretUnavailableException exception)
        {
            Log.NoKey(log, exception);
            return new(clock.GetTimestamp(), default, [], exception);
        }
    }

    private async Task<Secret?> FindPreviousAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(PreviousSecretName, cancellationToken);
        }
        catch (SecretUnavailableException exception) when (exception.IsMissing)
        {
            Log.PreviousIgnored(log, exception);
            return null;
        }
    }

    // Null where there is no such secret; one that is no key counts as missing, and says why.
    private async Task<Secret?> FindAsync(string name, CancellationToken cancellationToken)
    {
        Secret secret;
        try
        {
            secret = await secrets.ReloadAsync(name, cancellationToken);
        }
        catch (SecretUnavailableException exception) when (exception.IsMissing)
        {
            return null;
        }

        return RecordClaim.IsKey(secret.Reveal())
            ? secret
            : throw new SecretUnavailableException(name, SecretFault.Malformed, $"it {RecordClaim.KeyRule}.");
    }

    /// <summary>What was read at <paramref name="ReadAt"/>, and when it was last tried (timestamps); or why it could not be read.</summary>
    private sealed record Known(long At, long ReadAt, IReadOnlyList<Secret> Keys, SecretUnavailableException? Failure)
    {
        public IReadOnlyList<Secret> Value =>
            Failure is null ? Keys : throw new SecretUnavailableException(SecretName, Failure.Fault, "the last read of it failed.", Failure);
    }

    private static partial class Log
    {
        [LoggerMessage(1401, LogLevel.Error,
            "Device__Trust is record and there is no device key: no Mac can enroll. Put one into the vault secret device-key; it is picked up without a restart")]
        public static partial void NoKey(ILogger log, Exception reason);

        [LoggerMessage(1402, LogLevel.Warning, "The device keys could not be read again; those read before stay in use")]
        public static partial void KeptOldKeys(ILogger log, Exception reason);

        [LoggerMessage(1403, LogLevel.Error, "The secret device-key-previous is no device key and is not used")]
        public static partial void PreviousIgnored(ILogger log, Exception reason);
    }
}
