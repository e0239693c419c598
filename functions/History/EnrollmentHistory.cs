using Azure.Data.Tables;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Storage;

namespace Prestage.Functions.History;

/// <summary>An enrollment with all that happened to it, oldest first.</summary>
/// <param name="Stored">The enrollment's row, which may be missing or unreadable.</param>
/// <param name="Chain">Whether somebody who can write the tables, but not read the vault, has changed any of it.</param>
internal sealed record EnrollmentHistory(StoredRow<EnrollmentRow> Stored, IReadOnlyList<EnrollmentEvent> Events, ChainVerdict Chain)
{
    /// <summary>Null where the row is missing or cannot be read.</summary>
    public EnrollmentRow? Enrollment => Stored.Row;
}

/// <summary>Reads histories from table Enrollments.</summary>
internal sealed class EnrollmentHistories(TableClient table, EventKeys keys)
{
    private const int MostRaces = 4;
    private static readonly ChainVerdict Raced = new(ChainStatus.Unchecked, null, "The enrollment changed while it was read: look again.");

    /// <summary>
    /// The enrollment's history and its verdict; null where nothing is stored under the id. Costs a point read and a page for each 1,000
    /// events, and a point read more where something does not fit.
    /// </summary>
    public async Task<EnrollmentHistory?> ReadAsync(EnrollmentId id, CancellationToken cancellationToken)
    {
        for (var race = 1; ; race++)
        {
            var row = await FindAsync(id, cancellationToken);
            var events = await EventsAsync(id, cancellationToken);
            if (row is null && events.Count == 0)
            {
                return null;
            }

            // Events that came after the row was read are not the row's yet.
            var counted = row?[EnrollmentChain.Events] is int count && count > 0 && count < events.Count ? events[..count] : events;
            var verdict = await CheckAsync(id, row, counted, cancellationToken);
            if (verdict.Status != ChainStatus.Broken && counted.Count == events.Count)
            {
                return Of(row, events, verdict);
            }

            // What does not fit was changed by nobody where the enrollment moved meanwhile.
            var hasMoved = (await FindAsync(id, cancellationToken))?.ETag != row?.ETag;
            if (!hasMoved)
            {
                return Of(row, events, counted.Count == events.Count ? verdict : await CheckAsync(id, row, events, cancellationToken));
            }

            if (verdict.Status != ChainStatus.Broken || race == MostRaces)
            {
                return Of(row, counted, verdict.Status == ChainStatus.Broken ? Raced : verdict);
            }
        }
    }

    private static EnrollmentHistory Of(TableEntity? row, IReadOnlyList<TableEntity> events, ChainVerdict verdict) =>
        new(row is null ? new(null, null, null) : EnrollmentRow.Read(row), [.. events.Select(EnrollmentEvent.FromEntity)], verdict);

    private async Task<ChainVerdict> CheckAsync(
        EnrollmentId id, TableEntity? row, IReadOnlyList<TableEntity> events, CancellationToken cancellationToken)
    {
        var needed = events.Select(happened => happened[EnrollmentChain.Key]).Append(row?[EnrollmentChain.Key])
            .OfType<string>().Distinct(StringComparer.Ordinal);
        return ChainCheck.Run(await keys.GetAsync([.. needed], cancellationToken), id, row, events);
    }

    private Task<TableEntity?> FindAsync(EnrollmentId id, CancellationToken cancellationToken) =>
        table.FindEntityAsync(id.Month, EnrollmentKeys.Enrollment(id), cancellationToken);

    private async Task<List<TableEntity>> EventsAsync(EnrollmentId id, CancellationToken cancellationToken)
    {
        var (from, to) = EnrollmentKeys.Events(id);
        List<TableEntity> events = [];
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {id.Month} and RowKey ge {from} and RowKey lt {to}"), cancellationToken: cancellationToken))
        {
            events.Add(row);
        }

        return events;
    }
}
