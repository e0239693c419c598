using System.Runtime.CompilerServices;
using Azure;
using Prestage.Functions.Tables;

namespace Prestage.Functions.Enrollments;

/// <summary>What one request to the storage found.</summary>
/// <param name="At">Where the page begins.</param>
/// <param name="Next">Where to read on; null at the end.</param>
internal sealed record EnrollmentRowPage(IReadOnlyList<TableEntity> Rows, EnrollmentPosition At, EnrollmentPosition? Next)
{
    /// <summary>Where to read on behind one of the rows.</summary>
    public EnrollmentPosition? After(TableEntity row) => ReferenceEquals(row, Rows[^1]) ? Next : new(At.Month, row.RowKey);
}

/// <summary>Table Enrollments read newest first, month after month. Costs the pages that are taken, and once in a program's life a look at how far back it goes.</summary>
internal sealed class EnrollmentPages(TableClient table, TimeProvider clock)
{
    // Enrollments are never deleted: the oldest month stays what it is.
    private string? oldestMonth;

    /// <summary>Pages of up to <paramref name="size"/> rows, and no more than <paramref name="mostRequests"/> to the storage.</summary>
    public async IAsyncEnumerable<EnrollmentRowPage> ReadAsync(
        EnrollmentFilter filter, EnrollmentPosition? start, int size, int mostRequests, IReadOnlyList<string>? select,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var requests = 0;
        for (var position = start ?? Newest(filter); position is not null && requests < mostRequests;)
        {
            var found = await PageAsync(filter.Behind(position), position.Token, size, select, cancel);
            requests++;
            EnrollmentPosition? next;
            if (found.ContinuationToken is { } token)
            {
                next = position with { Token = token };
            }
            else if ((next = OlderThan(position, filter)) is not null && (oldestMonth is not null || requests < mostRequests))
            {
                requests += oldestMonth is null ? 1 : 0;
                oldestMonth ??= await OldestMonthAsync(cancel);
                next = oldestMonth is not null && string.CompareOrdinal(next.Month, oldestMonth) >= 0 ? next : null;
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

    private async Task<string?> OldestMonthAsync(CancellationToken cancel) =>
        (await PageAsync(filter: null, token: null, 1, ["PartitionKey"], cancel)).Values is [var first, ..] ? first.PartitionKey : null;

    private async Task<Page<TableEntity>> PageAsync(string? filter, string? token, int size, IReadOnlyList<string>? select, CancellationToken cancel) =>
        await table.QueryAsync(filter, null, select, cancel).AsPages(token, size).FirstAsync(cancel);
}
