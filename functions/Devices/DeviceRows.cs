using Azure;
using Azure.Data.Tables;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Devices;

/// <summary>The Mac's current enrollment.</summary>
/// <param name="EnrollmentId">Null where an operator has released the Mac and nobody has begun anew.</param>
/// <param name="ByRelease">
/// Whether a release led to it: for whoever begins next, and then for the one enrollment that began by it, while that goes on.
/// </param>
internal sealed record DevicePointer(EnrollmentId? EnrollmentId, bool ByRelease, ETag ETag)
{
    /// <summary>Whether the next enrollment may begin, whatever was before.</summary>
    public bool IsReleased => EnrollmentId is null;

    /// <summary>Reads a pointer's row.</summary>
    public static StoredRow<DevicePointer> Read(TableEntity entity)
    {
        var read = new RowReader(entity);
        return read.Found(new DevicePointer(
            read.OptionalParsed("EnrollmentId", Enrollments.EnrollmentId.Find, "an enrollment's id"), read.Flag("ByRelease"), entity.ETag));
    }

    /// <summary>The same pointer after a release.</summary>
    /// <param name="hasRow">Whether its enrollment is there; a call that is about to insert it keeps the id, and uses the release up.</param>
    public DevicePointer Release(bool hasRow) => this with { EnrollmentId = hasRow ? null : EnrollmentId, ByRelease = true };
}

/// <summary>Table Devices: a Mac's pointer to its enrollment, and events that have no enrollment.</summary>
internal sealed class DeviceRows(TableClient table)
{
    /// <summary>The largest number of events that one purge deletes.</summary>
    public const int MostPurged = 1000;

    private const string Current = "current";

    /// <summary>The pointer, or null. Throws <see cref="UnreadableRowException"/>.</summary>
    public async Task<DevicePointer?> FindAsync(string systemId, CancellationToken cancellationToken) =>
        (await ReadAsync(systemId, cancellationToken)).OrThrow();

    /// <summary>The pointer, readable or not.</summary>
    public async Task<StoredRow<DevicePointer>> ReadAsync(string systemId, CancellationToken cancellationToken) =>
        await table.FindEntityAsync(systemId, Current, cancellationToken) is { } entity
            ? DevicePointer.Read(entity)
            : new(null, null, null);

    /// <summary>
    /// Points the Mac at an enrollment, in place of <paramref name="previous"/> (null: of none); false when somebody else was faster. The same
    /// write uses a release up.
    /// </summary>
    public async Task<bool> TryPointAsync(string systemId, EnrollmentId id, DevicePointer? previous, CancellationToken cancellationToken)
    {
        var row = Entity(systemId, new(id, previous is { IsReleased: true }, default));
        try
        {
            await (previous is null ? table.InsertEntityAsync(row, cancellationToken) : table.ReplaceEntityAsync(row, previous.ETag, cancellationToken));
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status is 409 or 412)
        {
            return false;
        }
    }

    /// <summary>
    /// Releases the Mac, with an event, also where its pointer cannot be read; false when somebody else changed what was read.
    /// </summary>
    /// <param name="hasRow">Whether the enrollment that it points at is there.</param>
    public async Task<bool> TryReleaseAsync(
        string systemId, StoredRow<DevicePointer> read, bool hasRow, EnrollmentEvent happened, CancellationToken cancellationToken)
    {
        var row = Entity(systemId, read.Row?.Release(hasRow) ?? new(null, ByRelease: true, default));
        try
        {
            await table.SubmitAsync(
                [
                    read.Entity is null
                        ? new(TableTransactionActionType.Add, row)
                        : new(TableTransactionActionType.UpdateReplace, row, read.Entity.ETag),
                    new(TableTransactionActionType.Add, EventEntity(systemId, happened)),
                ],
                cancellationToken);
            return true;
        }
        catch (TableTransactionFailedException exception) when (exception.Status is 409 or 412 || StorageErrorCode.IsOfMissingRow(exception))
        {
            return false;
        }
    }

    /// <summary>The subject of a person's events.</summary>
    public static string SubjectOf(string userId) => $"user-{userId}";

    /// <summary>A page of a subject's events, newest first; at most 1,000.</summary>
    /// <param name="ofOperators">What operators did, or what the Mac and the program did: a Mac that says much hides nothing of the former.</param>
    /// <param name="after">Where an earlier page ended; null for the newest.</param>
    public async Task<EventPage> ReadEventsAsync(
        string subject, bool ofOperators, int size, EventPosition? after, CancellationToken cancellationToken)
    {
        var (from, to) = EventPosition.Range(ofOperators);
        var filter = after is null
            ? TableClient.CreateQueryFilter($"PartitionKey eq {subject} and RowKey ge {from} and RowKey lt {to}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {subject} and RowKey gt {after.RowKey} and RowKey lt {to}");
        var rows = await table.QueryAsync<TableEntity>(filter, size + 1, null, cancellationToken)
            .Where(row => EventPosition.IsKey(row.RowKey)).Take(size + 1).ToListAsync(cancellationToken);
        return new(
            [.. rows.Take(size).Select(EnrollmentEvent.FromEntity)], rows.Count > size ? EventPosition.Of(rows[size - 1].RowKey) : null);
    }

    /// <summary>Deletes events that are older than that, <see cref="MostPurged"/> at most; returns how many.</summary>
    public async Task<int> PurgeEventsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var purged = 0;
        var filter = TableClient.CreateQueryFilter($"RowKey ge {"e|"} and RowKey lt {"e}"} and At lt {before}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, null, ["PartitionKey", "RowKey"], cancellationToken).Take(MostPurged))
        {
            await table.DeleteEntityIfExistsAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
            purged++;
        }

        return purged;
    }

    /// <summary>Keeps an event that has no enrollment: of a Mac, a person (<c>user-</c> and the id) or a claimed identity (its attempts' key).</summary>
    public Task AppendAsync(string subject, EnrollmentEvent happened, CancellationToken cancellationToken) => AppendAllAsync(subject, [happened], cancellationToken);

    /// <summary>The same of several events, all by one operation.</summary>
    public async Task AppendAllAsync(string subject, IReadOnlyList<EnrollmentEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            await table.SubmitAsync(
                [.. events.Select(happened => new TableTransactionAction(TableTransactionActionType.Add, EventEntity(subject, happened)))],
                cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 409)
        {
            // The keys are random: they are our own rows, and the first answer was lost.
        }
    }

    private static TableEntity Entity(string systemId, DevicePointer pointer) =>
        new(systemId, Current) { ["EnrollmentId"] = pointer.EnrollmentId?.ToString(), ["ByRelease"] = pointer.ByRelease };

    private static TableEntity EventEntity(string subject, EnrollmentEvent happened)
    {
        var row = new TableEntity(subject, EventPosition.New(happened).RowKey);
        happened.WriteTo(row);
        return row;
    }
}
