using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;

namespace Prestage.Functions.Enrollments;

/// <summary>What one request to the storage found.</summary>
/// <param name="At">Where the page begins.</param>
/// <param name="Next">Where to read on; null at the end.</param>
internal sealed record EnrollmentRowPage(IReadOnlyList<TableEntity> Rows, EnrollmentPosition At, EnrollmentPosition? Next)
{
    /// <summary>Where to read on behind one of the rows.</summary>
    public EnrollmentPosition? After(TableEntity row) => ReferenceEquals(row, Rows[^1]) ? Next : new(At.Month, row.RowKey);
}

/// <summary>Where a reading stops and leaves the rest for another one: after so many requests to the storage, or after the one in which the time is up.</summary>
internal sealed record EnrollmentBudget(int Requests, TimeSpan Time);

/// <summary>
/// Table Enrollments read newest first, month after month. Costs the pages that are taken, and now and then a read of how far back it goes.
/// </summary>
internal sealed class EnrollmentPages(TableClient table, TimeProvider clock)
{
    // Old enrollments are deleted, and a table may be put back from a copy.
    private static readonly TimeSpan OldestMonthKept = TimeSpan.FromMinutes(10);
    private volatile Oldest? oldest;

    /// <summary>Pages of up to <paramref name="size"/> rows. Order and borders go by the time in the ids.</summary>
    public async IAsyncEnumerable<EnrollmentRowPage> ReadAsync(
        EnrollmentFilter filter, EnrollmentPosition? start, int size, EnrollmentBudget budget, IReadOnlyList<string>? select,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var requests = 0;
        var started = clock.GetTimestamp();
        for (var position = start ?? Newest(filter); position is not null && requests < budget.Requests && clock.GetElapsedTime(started) < budget.Time;)
        {
            var found = await PageAsync(filter.Behind(position), position.Token, size, select, cancellationToken);
            requests++;
            EnrollmentPosition? next;
            if (found.ContinuationToken is { } token)
            {
                next = position with { Token = token };
            }
            else if ((next = OlderThan(position, filter)) is not null && (KnownOldest() is not null || requests < budget.Requests))
            {
                requests += KnownOldest() is null ? 1 : 0;
                next = await IsThereAsync(next.Month, cancellationToken) ? next : null;
            }

            yield return new(found.Values, position, next);
            position = next;
        }
    }

    private EnrollmentPosition Newest(EnrollmentFilter filter)
    {
        var now = clock.GetUtcNow();
        return EnrollmentPosition.Of(filter.To is { } to && to < now ? to : now);
    }

    private static EnrollmentPosition? OlderThan(EnrollmentPosition position, EnrollmentFilter filter) =>
        position.Older() is { } older && (filter.From is not { } from || string.CompareOrdinal(older.Month, EnrollmentPosition.Of(from).Month) >= 0) ? older : null;

    // Whether there can be enrollments of that month or an earlier one.
    private async ValueTask<bool> IsThereAsync(string month, CancellationToken cancellationToken)
    {
        if (KnownOldest() is { } known)
        {
            return string.CompareOrdinal(month, known) >= 0;
        }

        // A foreign row before all months would send the reading back through empty months without end.
        var found = await PageAsync(
            TableClient.CreateQueryFilter($"PartitionKey ge {"2"}"), token: null, 1, ["PartitionKey"], cancellationToken);
        if (found.Values is not [var first, ..])
        {
            // An empty page with a continuation says nothing.
            return found.ContinuationToken is not null;
        }

        oldest = new(first.PartitionKey, clock.GetTimestamp());
        return string.CompareOrdinal(month, first.PartitionKey) >= 0;
    }

    private string? KnownOldest() => oldest is { } read && clock.GetElapsedTime(read.At) < OldestMonthKept ? read.Month : null;

    private async Task<Page<TableEntity>> PageAsync(string? filter, string? token, int size, IReadOnlyList<string>? select, CancellationToken cancellationToken) =>
        await table.QueryAsync<TableEntity>(filter, null, select, cancellationToken).AsPages(token, size).FirstAsync(cancellationToken);

    private sealed record Oldest(string Month, long At);
}
