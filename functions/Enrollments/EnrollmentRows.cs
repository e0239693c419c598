using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Prestage.Functions.History;
using Prestage.Functions.Storage;
using Prestage.Functions.Telemetry;

namespace Prestage.Functions.Enrollments;

/// <summary>
/// Table Enrollments: every change is one conditional entity group transaction of the enrollment, its event, which is linked to the one
/// before, and its open mark.
/// </summary>
internal sealed partial class EnrollmentRows(
    TableClient table, EventKeys keys, EnrollmentGroup group, TimeProvider clock, ILogger<EnrollmentRows> log)
{
    // An enrollment that has stayed open for longer than this is no longer looked at by the timer.
    private const int MonthsWatched = 13;

    /// <summary>The enrollment, or null, also where there is no id. Throws <see cref="UnreadableRowException"/>.</summary>
    public async Task<EnrollmentRow?> FindAsync(EnrollmentId? optional, CancellationToken cancellationToken) =>
        (await ReadAsync(optional, cancellationToken)).OrThrow();

    /// <summary>What is stored under the id, readable or not; nothing where there is no id.</summary>
    public async Task<StoredRow<EnrollmentRow>> ReadAsync(EnrollmentId? optional, CancellationToken cancellationToken) =>
        optional is { } id
        && await table.FindEntityAsync(id.Month, EnrollmentKeys.Enrollment(id), cancellationToken) is { } entity
            ? EnrollmentRow.Read(entity)
            : new(null, null, null);

    /// <summary>
    /// The Mac's enrollments that may still go on, readable or not: for an operator, where the Mac's own row cannot be read. Reads the table.
    /// </summary>
    public async Task<IReadOnlyList<StoredRow<EnrollmentRow>>> ReadOfSystemAsync(string systemId, CancellationToken cancellationToken)
    {
        var (from, to) = (EnrollmentKeys.First, EnrollmentKeys.End);
        var filter = TableClient.CreateQueryFilter($"RowKey ge {from} and RowKey lt {to} and SystemId eq {systemId}");
        return await table.QueryAsync<TableEntity>(filter, null, null, cancellationToken)
            .Where(entity => EnrollmentRow.StateOf(entity) is not { } state || !EnrollmentMoves.HasEnded(state))
            .Select(EnrollmentRow.Read)
            .ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Inserts a new enrollment, with an action on another row of its month; false when there is one of that id, by another call or by our
    /// own lost answer, or when the action does not fit what is stored.
    /// </summary>
    public async Task<bool> TryInsertAsync(
        EnrollmentRow enrollment, EnrollmentEvent happened, CancellationToken cancellationToken, TableTransactionAction? beside = null)
    {
        var row = enrollment with { Events = 1 };
        var (entity, first) = (row.ToEntity(), EventEntity(row.Id, 0, happened));
        EnrollmentChain.Append(await keys.GetAsync(cancellationToken), null, first, entity);
        try
        {
            await table.SubmitAsync(
                [
                    new(TableTransactionActionType.Add, entity),
                    new(TableTransactionActionType.Add, first),
                    new(TableTransactionActionType.Add, OpenMark.RowOf(row)),
                    .. beside is null ? Array.Empty<TableTransactionAction>() : [beside],
                ],
                cancellationToken);
            Measures.Started(row);
            Log.Happened(log, row.Id, 0, happened.Code, entity[EnrollmentChain.Link]);
            return true;
        }
        catch (TableTransactionFailedException exception) when (
            exception.Status == 409 || (beside is not null && (exception.Status == 412 || StorageErrorCode.IsOfMissingRow(exception))))
        {
            return false;
        }
    }

    /// <summary>
    /// Replaces the enrollment as read by <paramref name="changed"/>, with an event; null when somebody else changed it since.
    /// The move from the state it was read in must be legal.
    /// </summary>
    public async Task<EnrollmentRow?> TryMoveAsync(
        EnrollmentRow read, EnrollmentRow changed, EnrollmentEvent happened, CancellationToken cancellationToken)
    {
        if (read.State != changed.State && !EnrollmentMoves.IsLegal(read.State, changed.State))
        {
            throw new InvalidOperationException($"An enrollment cannot go from {read.State} to {changed.State}.");
        }

        var now = clock.GetUtcNow();
        var isSame = read.State == changed.State && read.Attempt == changed.Attempt;
        var row = changed with { Events = read.Events + 1, UpdatedAt = now, StateAt = isSame ? changed.StateAt : now };
        var entity = row.ToEntity();
        var stored = read.Stored ?? throw new InvalidOperationException("Only an enrollment that was read can be moved.");
        var (wasOpen, isOpen) = (EnrollmentMoves.IsOpen(read.State), EnrollmentMoves.IsOpen(row.State));
        var beginsAttempt = row.State == EnrollmentState.Finishing && !isSame;

        // Every end but the completed one leaves the Mac in the enrollment group: its mark stays until the timer has seen to that.
        var mustLeave = wasOpen && !isOpen && row.State != EnrollmentState.Completed;
        TableTransactionAction? mark = !beginsAttempt && (wasOpen == isOpen || mustLeave) ? null : isOpen
            ? new(TableTransactionActionType.UpsertReplace, OpenMark.RowOf(row))
            : new(TableTransactionActionType.Delete, OpenMark.RowOf(row.Id), ETag.All);
        if (await WriteAsync(row.Id, stored, entity, happened, mark, cancellationToken) is not { } etag)
        {
            return null;
        }

        if (read.State != row.State)
        {
            Measures.Moved(read, row);
        }

        if (mustLeave)
        {
            await group.TryLeaveAsync(row.SystemId);
        }

        return row with { Events = (int)entity[EnrollmentChain.Events]!, ETag = etag, Stored = entity };
    }

    /// <summary>
    /// Ends an enrollment whose row cannot be read, for an operator who releases its Mac: a state from which it could still go on, or that
    /// is not known, becomes cancelled. All else stays as it is. False when somebody else changed it since.
    /// </summary>
    public async Task<bool> TryEndUnreadableAsync(
        EnrollmentId id, string systemId, TableEntity stored, EnrollmentEvent happened, CancellationToken cancellationToken)
    {
        var entity = new TableEntity(stored.PartitionKey, stored.RowKey);
        foreach (var (name, value) in stored.OwnProperties())
        {
            entity[name] = value;
        }

        var now = clock.GetUtcNow();
        var hasEnded = EnrollmentRow.StateOf(stored) is { } state && EnrollmentMoves.HasEnded(state);
        entity["State"] = hasEnded ? stored["State"] : EnrollmentNames.Of(EnrollmentState.Cancelled);
        entity["UpdatedAt"] = now;
        entity["StateAt"] = hasEnded ? stored["StateAt"] : now;
        entity["Events"] = await NextSequenceAsync(id, cancellationToken) + 1;

        // The timer works the mark off where it can read the row from now on.
        var mark = EnrollmentRow.Read(entity).Unreadable is not null && await FindMarkAsync(id, cancellationToken) is { } version
            ? new TableTransactionAction(TableTransactionActionType.Delete, OpenMark.RowOf(id), version)
            : null;
        if (await WriteAsync(id, stored, entity, happened, mark, cancellationToken) is null)
        {
            return false;
        }

        await group.TryLeaveAsync(systemId);
        return true;
    }

    /// <summary>
    /// Moves the enrollment while its state and attempt are still those of <paramref name="read"/>, however often reports and tokens change the
    /// rest meanwhile. Returns it as moved, or, where somebody else has moved it, as found: the caller answers from that.
    /// </summary>
    public async Task<EnrollmentRow> MoveAsync(
        EnrollmentRow read, Func<EnrollmentRow, EnrollmentRow> change, EnrollmentEvent happened, CancellationToken cancellationToken)
    {
        for (var row = read; ;)
        {
            if (await TryMoveAsync(row, change(row), happened, cancellationToken) is { } moved)
            {
                return moved;
            }

            row = await FindAsync(read.Id, cancellationToken) ?? throw new InvalidOperationException("An enrollment is never deleted.");
            if (row.State != read.State || row.Attempt != read.Attempt)
            {
                return row;
            }
        }
    }

    /// <summary>Adds an event without a move, however often others change the enrollment meanwhile; false when there is no such enrollment.</summary>
    public async Task<bool> AppendAsync(EnrollmentId id, EnrollmentEvent happened, CancellationToken cancellationToken)
    {
        while (await FindAsync(id, cancellationToken) is { } read)
        {
            if (await TryMoveAsync(read, read, happened, cancellationToken) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The version of the enrollment's mark, or null where there is none.</summary>
    public async Task<ETag?> FindMarkAsync(EnrollmentId id, CancellationToken cancellationToken) =>
        (await table.FindEntityAsync(id.Month, EnrollmentKeys.Open(id), cancellationToken))?.ETag;

    /// <summary>Deletes that version of the mark: nothing is left to do. Another version is a later attempt's, and stays.</summary>
    public async Task DeleteMarkAsync(EnrollmentId id, ETag version, CancellationToken cancellationToken)
    {
        try
        {
            await table.DeleteEntityIfExistsAsync(id.Month, EnrollmentKeys.Open(id), version, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 412)
        {
            // The enrollment was retried meanwhile.
        }
    }

    /// <summary>
    /// The marks of all enrollments that are open, or have ended with something left to do; newest month first. Costs the marks, not the
    /// history.
    /// </summary>
    public async IAsyncEnumerable<OpenMark> ListOpenAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        for (var back = 0; back < MonthsWatched; back++)
        {
            var month = now.AddMonths(-back).ToString("yyyyMM", CultureInfo.InvariantCulture);
            var marks = TableClient.CreateQueryFilter($"PartitionKey eq {month} and RowKey ge {"o|"} and RowKey lt {"o}"}");
            await foreach (var mark in table.QueryAsync<TableEntity>(marks, null, ["PartitionKey", "RowKey", OpenMark.DueAtName], cancellationToken))
            {
                yield return OpenMark.Of(mark);
            }
        }
    }

    // The version that was written, or null when somebody else changed the row since. Where more events are stored, their number is corrected.
    private async Task<ETag?> WriteAsync(
        EnrollmentId id, TableEntity stored, TableEntity entity, EnrollmentEvent happened, TableTransactionAction? mark,
        CancellationToken cancellationToken)
    {
        var ring = await keys.GetAsync(stored[EnrollmentChain.Key] as string, cancellationToken);
        for (var corrected = false; ; corrected = true)
        {
            var sequence = (int)entity[EnrollmentChain.Events]! - 1;
            var next = EventEntity(id, sequence, happened);
            EnrollmentChain.Append(ring, stored, next, entity);
            try
            {
                var versions = await table.SubmitAsync(
                    [
                        new(TableTransactionActionType.UpdateReplace, entity, stored.ETag), new(TableTransactionActionType.Add, next),
                        .. mark is null ? Array.Empty<TableTransactionAction>() : [mark],
                    ],
                    cancellationToken);
                Log.Happened(log, id, sequence, happened.Code, entity[EnrollmentChain.Link]);
                if (corrected)
                {
                    Log.CountCorrected(log, id, sequence);
                }

                return entity.ETag = versions[0];
            }
            catch (TableTransactionFailedException exception) when (exception.Status == 409 && !corrected)
            {
                // The row is the one that was read, or it would be 412: somebody put an event in, or lowered the row's count.
                entity[EnrollmentChain.Events] = await NextSequenceAsync(id, cancellationToken) + 1;
            }
            catch (TableTransactionFailedException exception)
                when (StorageErrorCode.IsOfMissingRow(exception) && mark?.ActionType == TableTransactionActionType.Delete)
            {
                // Somebody took the mark of an open enrollment. Without one nothing could end it.
                await table.InsertOrReplaceEntityAsync(OpenMark.RowOf(id), cancellationToken);
                return null;
            }
            catch (TableTransactionFailedException exception) when (exception.Status is 409 or 412)
            {
                return null;
            }
        }
    }

    // The sequence behind all events that are stored, whatever the row says.
    private async Task<int> NextSequenceAsync(EnrollmentId id, CancellationToken cancellationToken)
    {
        var (from, to) = EnrollmentKeys.Events(id);
        var events = TableClient.CreateQueryFilter($"PartitionKey eq {id.Month} and RowKey ge {from} and RowKey lt {to}");
        var last = -1;
        await foreach (var row in table.QueryAsync<TableEntity>(events, null, ["PartitionKey", "RowKey"], cancellationToken))
        {
            last = Math.Max(last, EnrollmentKeys.SequenceOf(id, row.RowKey) ?? -1);
        }

        return last + 1;
    }

    private static TableEntity EventEntity(EnrollmentId id, int sequence, EnrollmentEvent happened)
    {
        var entity = new TableEntity(id.Month, EnrollmentKeys.Event(id, sequence));
        happened.WriteTo(entity);
        return entity;
    }

    private static partial class Log
    {
        // With the link, so that the log tells when an old copy of the whole enrollment was put back.
        [LoggerMessage(6201, LogLevel.Information, "Enrollment {EnrollmentId}: event {Sequence} is {Code}, link {Link}")]
        public static partial void Happened(ILogger log, EnrollmentId enrollmentId, int sequence, string code, object? link);

        [LoggerMessage(6203, LogLevel.Error,
            "Enrollment {EnrollmentId}: the row did not count all events that are stored, the next one is {Sequence}; its history is broken")]
        public static partial void CountCorrected(ILogger log, EnrollmentId enrollmentId, int sequence);
    }
}
