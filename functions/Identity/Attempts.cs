using Prestage.Functions.Problems;

namespace Prestage.Functions.Identity;

/// <summary>
/// What guessing costs: a try is reserved on the Mac and on the claimed identity before any look-up, so that no number of parallel calls gets
/// more tries than allowed; it is handed back, or counted as failed.
/// </summary>
internal sealed partial class Attempts(AttemptRows rows, AttemptsOptions options, TimeProvider clock, ILogger<Attempts> log)
{
    private static readonly TimeSpan LongestLock = TimeSpan.FromDays(1);

    /// <summary>Reserves a try, or says why there is none: locked, or too many pending.</summary>
    public async Task<(Reservation? Reservation, Problem? Problem)> ReserveAsync(string systemId, Identifier identifier, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString("N")[..12];
        var (device, refused) = await ReserveAsync(AttemptRows.DeviceKey(systemId), id, cancellationToken);
        if (refused is not null)
        {
            return (null, refused);
        }

        AttemptRow? identity = null;
        try
        {
            (identity, refused) = await ReserveAsync(AttemptRows.IdentityKey(identifier), id, cancellationToken);
        }
        finally
        {
            if (identity is null)
            {
                await SettleAsync(device!, id, row => row.Without(id), cancellationToken);
            }
        }

        return identity is null ? (null, refused) : (new(id, device!, identity), null);
    }

    /// <summary>
    /// The proof was right: the identity's count starts again. The Mac's stays, since who knows one right proof would guess at others for ever.
    /// </summary>
    public Task ClearAsync(Reservation reservation, CancellationToken cancellationToken) => Task.WhenAll(
        SettleAsync(reservation.Device, reservation.Id, row => row.Without(reservation.Id), cancellationToken),
        SettleAsync(
            reservation.Identity, reservation.Id, row => row.Without(reservation.Id) with { Failed = [], Locks = 0, LockedUntil = null },
            cancellationToken));

    /// <summary>The try did not come to a verdict: it is handed back.</summary>
    public Task HandBackAsync(Reservation reservation, CancellationToken cancellationToken) =>
        SettleAsync(reservation, row => row.Without(reservation.Id), cancellationToken);

    /// <summary>The proof was wrong.</summary>
    public async Task<FailedTry> FailAsync(Reservation reservation, CancellationToken cancellationToken)
    {
        var settled = await SettleAsync(reservation, row => Fail(row.Without(reservation.Id)), cancellationToken);
        var left = settled.Min(row => row.LockedUntil is null ? options.Max - row.Failed.Count : 0);
        var locks = settled.Where(row => row.LockedUntil is not null)
            .Select(row => $"The {KindOf(row)} is locked until {row.LockedUntil:u} (lock {row.Locks}).");
        return new(left, left > 0 ? null : string.Join(' ', locks));
    }

    /// <summary>An operator releases a Mac's or an identity's lock, and forgets its failed tries; false where there were none.</summary>
    public async Task<bool> ReleaseAsync(string key, CancellationToken cancellationToken)
    {
        while (await rows.ReadAsync(key, cancellationToken) is { Entity: { } entity } found)
        {
            if (found.Row is not { } row)
            {
                if (await rows.TryDeleteAsync(entity, cancellationToken))
                {
                    return true;
                }

                continue;
            }

            var released = row with { Failed = [], Locks = 0, LockedUntil = null };
            if (await rows.TryReplaceAsync(released, cancellationToken) is not null)
            {
                return row.Failed.Count > 0 || row.Locks > 0;
            }
        }

        return false;
    }

    private async Task<(AttemptRow? Row, Problem? Problem)> ReserveAsync(string key, string reservation, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var first = new AttemptRow { Key = key, Pending = new Dictionary<string, DateTimeOffset> { [reservation] = now } };
        while (true)
        {
            if (await rows.TryInsertAsync(first, cancellationToken) is { } inserted)
            {
                return (inserted, null);
            }

            if (await rows.FindAsync(key, cancellationToken) is not { } read)
            {
                continue;
            }

            var row = read.At(now, options.Window).Without(reservation);
            if (row.LockedUntil is { } until && until > now)
            {
                return (null, Problem.Locked(until - now));
            }

            // What a lock has punished does not count again.
            row = row with { LockedUntil = null };
            if (row.Failed.Count + row.Pending.Count >= options.Max)
            {
                return (null, Problem.Busy());
            }

            var pending = new Dictionary<string, DateTimeOffset>(row.Pending) { [reservation] = now };
            if (await rows.TryReplaceAsync(row with { Pending = pending }, cancellationToken) is { } reserved)
            {
                return (reserved, null);
            }
        }
    }

    private AttemptRow Fail(AttemptRow row)
    {
        var now = clock.GetUtcNow();
        var failed = row.At(now, options.Window) with { Failed = [.. row.Failed.Where(at => now - at < options.Window), now] };
        if (failed.Failed.Count < options.Max)
        {
            return failed;
        }

        var length = options.Lockout * Math.Pow(2, Math.Min(row.Locks, 20));
        Log.Locked(log, KindOf(row), row.Locks + 1);
        return failed with { Failed = [], LockedUntil = now + (length < LongestLock ? length : LongestLock), Locks = row.Locks + 1 };
    }

    private static string KindOf(AttemptRow row) => row.Key[..row.Key.IndexOf('-')];

    private async Task<AttemptRow[]> SettleAsync(Reservation reservation, Func<AttemptRow, AttemptRow> change, CancellationToken cancellationToken) =>
        await Task.WhenAll(
            SettleAsync(reservation.Device, reservation.Id, change, cancellationToken), SettleAsync(reservation.Identity, reservation.Id, change, cancellationToken));

    private async Task<AttemptRow> SettleAsync(AttemptRow reserved, string reservation, Func<AttemptRow, AttemptRow> change, CancellationToken cancellationToken)
    {
        for (var row = reserved; ;)
        {
            if (await rows.TryReplaceAsync(change(row), cancellationToken) is { } settled)
            {
                return settled;
            }

            // Without our reservation it is settled already: by our own write, whose answer was lost.
            row = await rows.FindAsync(reserved.Key, cancellationToken);
            if (row?.Pending.ContainsKey(reservation) != true)
            {
                return row ?? new() { Key = reserved.Key };
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1101, LogLevel.Warning, "Attempts: locked a {Kind} after too many failed tries (lock {Number})")]
        public static partial void Locked(ILogger log, string kind, int number);
    }
}

/// <summary>What a wrong proof has cost.</summary>
/// <param name="Left">How many tries are left.</param>
/// <param name="LockedOut">For operators, where a lock began with it.</param>
internal sealed record FailedTry(int Left, string? LockedOut);

/// <summary>One reserved try.</summary>
internal sealed record Reservation(string Id, AttemptRow Device, AttemptRow Identity);
