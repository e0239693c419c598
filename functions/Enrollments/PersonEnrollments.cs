using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Enrollments;

/// <summary>
/// A person's enrollments that would set a password, of which at most one may. The first one costs nothing: its id is stored with its row. Who
/// begins beside it marks both as contested, and a contested one looks at the others before each password.
/// </summary>
internal sealed class PersonEnrollments(TableClient table, EnrollmentRows enrollments, EnrollmentOptions options, TimeProvider clock)
{
    /// <summary>Open enrollments of one person and month that would set a password; beyond that the oldest one ends.</summary>
    private const int Most = 16;

    private const int MostRaces = 8;

    // An enrollment of the month before may be sending a password, and did not look at this month.
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(2);

    /// <summary>Inserts an enrollment that would set a password; null when there is one of that id. Returns it as stored.</summary>
    public async Task<EnrollmentRow?> TryInsertAsync(
        EnrollmentRow enrollment, EnrollmentEvent happened, CancellationToken cancellationToken)
    {
        if (await enrollments.TryInsertAsync(enrollment, happened, cancellationToken, PersonRow.First(enrollment).Write()))
        {
            return enrollment;
        }

        for (var race = 0; race < MostRaces; race++)
        {
            if (await FindAsync(enrollment.Id.Month, enrollment.UserId, cancellationToken) is not { } stored
                || stored.Enrollments.Contains(enrollment.Id))
            {
                return null;
            }

            var others = await ContestAsync(enrollment, stored, cancellationToken);
            var contested = enrollment with { Contested = others.Count > 0 };
            var joined = stored with { Enrollments = [.. others, enrollment.Id] };
            if (await enrollments.TryInsertAsync(contested, happened, cancellationToken, joined.Write()))
            {
                return contested;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether a password of this person may be on its way by another enrollment. The caller's own mark is stored before, so that of two at
    /// once at least one sees the other.
    /// </summary>
    public async Task<bool> IsCallUnderWayAsync(EnrollmentRow marked, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var months = Months(now - LongestCall, now);
        if (!marked.Contested && months is [var month] && month == marked.Id.Month)
        {
            return false;
        }

        if (!months.Contains(marked.Id.Month))
        {
            await JoinAsync(marked, months[^1], cancellationToken);
        }

        var others = await OthersAsync(marked, [.. months.Append(marked.Id.Month).Distinct()], cancellationToken);
        return others.Any(other => other.PasswordCallUntil > now);
    }

    /// <summary>
    /// Ends the person's other enrollments that would still set a password. Costs nothing where the enrollment would have set one itself, was
    /// never contested, and is of this month.
    /// </summary>
    public async Task SupersedeOthersAsync(EnrollmentRow winner, string why, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (winner is { PasswordRequired: true, Contested: false } && Months(now, now).Contains(winner.Id.Month))
        {
            return;
        }

        List<string> months = [.. Months(now - options.ExpireAfter, now).Append(winner.Id.Month).Distinct()];
        foreach (var other in (await OthersAsync(winner, months, cancellationToken)).Where(WouldSetPassword))
        {
            await SupersedeAsync(other, why, cancellationToken);
        }
    }

    private static bool WouldSetPassword(EnrollmentRow row) => row.PasswordRequired && EnrollmentMoves.IsBeforeBinding(row.State);

    private static List<string> Months(DateTimeOffset from, DateTimeOffset to) =>
        [.. new[] { from, to }.Select(time => time.UtcDateTime.ToString("yyyyMM", CultureInfo.InvariantCulture)).Distinct()];

    private async Task<PersonRow?> FindAsync(string month, string userId, CancellationToken cancellationToken) =>
        await table.FindEntityAsync(month, EnrollmentKeys.Person(userId), cancellationToken) is { } row
            ? PersonRow.Read(userId, row).OrThrow()
            : null;

    private Task SupersedeAsync(EnrollmentRow other, string why, CancellationToken cancellationToken) => enrollments.MoveAsync(
        other, row => row with { State = EnrollmentState.Superseded }, new(clock.GetUtcNow(), "backend", "superseded", why),
        cancellationToken);

    // Also those that have ended: their last call may be under way.
    private async Task<List<EnrollmentRow>> OthersAsync(
        EnrollmentRow own, IReadOnlyList<string> months, CancellationToken cancellationToken)
    {
        List<EnrollmentRow> others = [];
        foreach (var month in months)
        {
            foreach (var id in (await FindAsync(month, own.UserId, cancellationToken))?.Enrollments ?? [])
            {
                if (id != own.Id && await FindOtherAsync(id, cancellationToken) is { } other && other.UserId == own.UserId)
                {
                    others.Add(other);
                }
            }
        }

        return others;
    }

    // A row that cannot be read may be of an enrollment that goes on in a newer version; one that has ended sets no password any more.
    private async Task<EnrollmentRow?> FindOtherAsync(EnrollmentId id, CancellationToken cancellationToken)
    {
        var found = await enrollments.ReadAsync(id, cancellationToken);
        var isClosed = found.Entity is { } entity && EnrollmentRow.StateOf(entity) is { } state && !EnrollmentMoves.IsOpen(state);
        return found.Unreadable is not null && isClosed ? null : found.OrThrow();
    }

    // The ids of the others that go on, each of them contested from now on.
    private async Task<List<EnrollmentId>> ContestAsync(EnrollmentRow own, PersonRow stored, CancellationToken cancellationToken)
    {
        List<EnrollmentId> kept = [];
        var now = clock.GetUtcNow();
        var happened = new EnrollmentEvent(now, "backend", "verified-elsewhere", $"The same person was verified on system {own.SystemId} as well.");
        foreach (var other in await OthersAsync(own, [stored.Month], cancellationToken))
        {
            var row = other;
            while (WouldSetPassword(row) && !row.Contested
                && await enrollments.TryMoveAsync(row, row with { Contested = true }, happened, cancellationToken) is null)
            {
                row = await enrollments.FindAsync(row.Id, cancellationToken) ?? row;
            }

            if (WouldSetPassword(row) || row.PasswordCallUntil > now)
            {
                kept.Add(row.Id);
            }
        }

        for (; kept.Count >= Most; kept.RemoveAt(0))
        {
            if (await enrollments.FindAsync(kept[0], cancellationToken) is { } oldest && WouldSetPassword(oldest))
            {
                await SupersedeAsync(oldest, "The same person was verified on too many Macs.", cancellationToken);
            }
        }

        return kept;
    }

    // An enrollment that has outlived its month is known in the present one before its password is sent.
    private async Task JoinAsync(EnrollmentRow own, string month, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await FindAsync(month, own.UserId, cancellationToken) ?? new(month, own.UserId, [], null);
            if (stored.Enrollments.Contains(own.Id))
            {
                return;
            }

            var others = await ContestAsync(own, stored, cancellationToken);
            try
            {
                await table.SubmitAsync([(stored with { Enrollments = [.. others, own.Id] }).Write()], cancellationToken);
                return;
            }
            catch (RequestFailedException exception) when (exception.Status is 409 or 412 || StorageErrorCode.IsOfMissingRow(exception))
            {
                // Another enrollment of the person began at the same time.
            }
        }
    }
}
