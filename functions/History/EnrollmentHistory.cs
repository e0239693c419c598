using Azure.Data.Tables;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Storage;

namespace Prestage.Functions.History;

/// <summary>An enrollment with some of what happened to it, oldest first.</summary>
/// <param name="Stored">The enrollment's row, which may be missing or unreadable.</param>
/// <param name="Events">Those that were asked for.</param>
/// <param name="Chain">Whether somebody who can write the tables, but not read the vault, has changed any of the history.</param>
/// <param name="Next">The first event behind those that were asked for; null at the end.</param>
internal sealed record EnrollmentHistory(
    StoredRow<EnrollmentRow> Stored, IReadOnlyList<EnrollmentEvent> Events, ChainVerdict Chain, int? Next)
{
    /// <summary>Null where the row is missing or cannot be read.</summary>
    public EnrollmentRow? Enrollment => Stored.Row;
}

/// <summary>Reads histories from table Enrollments.</summary>
internal sealed class EnrollmentHistories(TableClient table, EventKeys keys)
{
    /// <summary>The largest page.</summary>
    public const int LargestPage = 1000;

    private const int MostRaces = 4;
    private static readonly ChainVerdict Raced = new(ChainStatus.Unchecked, null, "The enrollment changed while it was read: look again.");

    /// <summary>
    /// A page of the enrollment's history, and the verdict on all of it; null where nothing is stored under the id. Costs a point read and a
    /// request for each 1,000 events, and a point read more where something does not fit. Holds a thousand events at a time.
    /// </summary>
    /// <param name="from">The first event of the page.</param>
    /// <param name="size">How many events the page has at most.</param>
    public async Task<EnrollmentHistory?> ReadAsync(EnrollmentId id, CancellationToken cancellationToken, int from = 0, int size = LargestPage)
    {
        for (var race = 1; ; race++)
        {
            var row = await FindAsync(id, cancellationToken);
            var read = await CheckAsync(id, row, from, size, cancellationToken);
            if (row is null && read.Count == 0)
            {
                return null;
            }

            // Events that came after the row was read are not the row's yet.
            var counted = read.AtCount ?? read.AtEnd;
            var hasMore = read.AtCount is not null;
            if (counted.Status != ChainStatus.Broken && !hasMore)
            {
                return Of(row, read, read.Count, counted);
            }

            // What does not fit was changed by nobody where the enrollment moved meanwhile.
            var hasMoved = (await FindAsync(id, cancellationToken))?.ETag != row?.ETag;
            if (!hasMoved)
            {
                return Of(row, read, read.Count, read.AtEnd);
            }

            if (counted.Status != ChainStatus.Broken || race == MostRaces)
            {
                return Of(row, read, hasMore ? (int)row![EnrollmentChain.Events]! : read.Count, counted.Status == ChainStatus.Broken ? Raced : counted);
            }
        }
    }

    private static EnrollmentHistory Of(TableEntity? row, Checked read, int count, ChainVerdict verdict)
    {
        var events = read.Page.Take(Math.Max(0, count - read.From)).Select(EnrollmentEvent.FromEntity).ToList();
        var next = read.From + events.Count;
        return new(row is null ? new(null, null, null) : EnrollmentRow.Read(row), events, verdict, next < count && events.Count > 0 ? next : null);
    }

    private async Task<Checked> CheckAsync(EnrollmentId id, TableEntity? row, int from, int size, CancellationToken cancellationToken)
    {
        var (check, page) = (new ChainCheck(id), new List<TableEntity>());
        var count = row?[EnrollmentChain.Events] as int?;
        ChainVerdict? atCount = null;
        var ring = await keys.GetAsync(row?[EnrollmentChain.Key] as string, cancellationToken);
        var (first, end) = EnrollmentKeys.Events(id);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {id.Month} and RowKey ge {first} and RowKey lt {end}");
        await foreach (var rows in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken).AsPages())
        {
            var needed = rows.Values.Select(happened => happened[EnrollmentChain.Key]).Append(row?[EnrollmentChain.Key])
                .OfType<string>().Distinct(StringComparer.Ordinal);
            ring = await keys.GetAsync([.. needed], cancellationToken);
            foreach (var happened in rows.Values)
            {
                atCount ??= check.Count == count && count > 0 ? check.Verdict(ring, row) : null;
                if (check.Count >= from && page.Count < size)
                {
                    page.Add(happened);
                }

                check.Take(ring, happened);
            }
        }

        return new(page, from, check.Count, atCount, check.Verdict(ring, row));
    }

    private Task<TableEntity?> FindAsync(EnrollmentId id, CancellationToken cancellationToken) =>
        table.FindEntityAsync(id.Month, EnrollmentKeys.Enrollment(id), cancellationToken);

    /// <summary>What one reading of the events found.</summary>
    /// <param name="Count">How many there are.</param>
    /// <param name="AtCount">The verdict on as many as the row counts, where there are more.</param>
    /// <param name="AtEnd">The verdict on all.</param>
    private sealed record Checked(IReadOnlyList<TableEntity> Page, int From, int Count, ChainVerdict? AtCount, ChainVerdict AtEnd);
}
