using Prestage.Functions.Enrollments;
using Prestage.Functions.Tables;

namespace Prestage.Functions.History;

/// <summary>An enrollment with all that happened to it, oldest first.</summary>
/// <param name="Enrollment">Null where the row is missing or no longer readable; the chain is broken then.</param>
/// <param name="Chain">Whether somebody who can write the tables, but not read the vault, has changed any of it.</param>
internal sealed record EnrollmentHistory(EnrollmentRow? Enrollment, IReadOnlyList<EnrollmentEvent> Events, ChainVerdict Chain);

/// <summary>Reads histories from table Enrollments.</summary>
internal sealed class EnrollmentHistories(TableClient table, EventKeys keys)
{
    private const int MostRaces = 4;

    /// <summary>The enrollment's history and whether it holds; null where nothing is stored under the id. Costs a point read and a page for each 1,000 events.</summary>
    public async Task<EnrollmentHistory?> ReadAsync(EnrollmentId id, CancellationToken cancellationToken)
    {
        var ring = await keys.GetAsync(cancellationToken);
        var row = await FindAsync(id, cancellationToken);
        for (var race = 1; ; race++)
        {
            var events = await EventsAsync(id, cancellationToken);

            // Read while the enrollment moved, row and events do not belong together: that is no break.
            var again = race < MostRaces && row is not null && !Equals(row[EnrollmentChain.Events], events.Count) ? await FindAsync(id, cancellationToken) : row;
            if (again?.ETag == row?.ETag)
            {
                return row is null && events.Count == 0
                    ? null
                    : new(row is null ? null : EnrollmentRow.ReadOrNull(row), [.. events.Select(EnrollmentEvent.FromEntity)], ChainCheck.Run(ring, id, row, events));
            }

            row = again;
        }
    }

    private Task<TableEntity?> FindAsync(EnrollmentId id, CancellationToken cancellationToken) =>
        table.GetEntityIfExistsAsync(id.Month, EnrollmentKeys.Enrollment(id), cancellationToken: cancellationToken);

    private async Task<List<TableEntity>> EventsAsync(EnrollmentId id, CancellationToken cancellationToken)
    {
        var (from, to) = EnrollmentKeys.Events(id);
        List<TableEntity> events = [];
        await foreach (var row in table.QueryAsync(TableFilter.Create($"PartitionKey eq {id.Month} and RowKey ge {from} and RowKey lt {to}"), cancellationToken: cancellationToken))
        {
            events.Add(row);
        }

        return events;
    }
}
