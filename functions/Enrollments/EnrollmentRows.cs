using System.Globalization;
using Azure;
using Prestage.Functions.History;
using Prestage.Functions.Tables;
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

    /// <summary>The enrollment, or null; also where there is no id.</summary>
    public async Task<EnrollmentRow?> FindAsync(EnrollmentId? optional, CancellationToken cancellationToken)
    {
        if (optional is not { } id)
        {
            return null;
        }

        var entity = await table.GetEntityIfExistsAsync(id.Month, EnrollmentKeys.Enrollment(id), cancellationToken: cancellationToken);
        return entity is null ? null : EnrollmentRow.FromEntity(entity);
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
            await table.SubmitTransactionAsync(
                [
                    new(TableTransactionActionType.Add, entity),
                    new(TableTransactionActionType.Add, first),
                    new(TableTransactionActionType.Add, new TableEntity(row.Id.Month, EnrollmentKeys.Open(row.Id))),
                    .. beside is null ? Array.Empty<TableTransactionAction>() : [beside],
                ],
                cancellationToken);
            Measures.Started(row);
            Log.Happened(log, row.Id, 0, happened.Code, entity[EnrollmentChain.Link]);
            return true;
        }
        catch (TableTransactionFailedException exception) when (
            exception.Status == 409 || (beside is not null && exception.Status is 404 or 412))
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
        var (entity, next) = (row.ToEntity(), EventEntity(row.Id, read.Events, happened));
        var stored = read.Stored ?? throw new InvalidOperationException("Only an enrollment that was read can be moved.");
        EnrollmentChain.Append(await keys.GetAsync(cancellationToken), stored, next, entity);
        List<TableTransactionAction> actions =
        [
            new(TableTransactionActionType.UpdateReplace, entity, read.ETag),
            new(TableTransactionActionType.Add, next),
        ];
        var (wasOpen, isOpen) = (EnrollmentMoves.IsOpen(read.State), EnrollmentMoves.IsOpen(row.State));
        // Every end but the completed one leaves the Mac in the enrollment group: its mark stays until the timer has seen to that.
        var mustLeave = wasOpen && !isOpen && row.State != EnrollmentState.Completed;
        if (wasOpen != isOpen && !mustLeave)
        {
            var mark = new TableEntity(row.Id.Month, EnrollmentKeys.Open(row.Id));
            actions.Add(isOpen
                ? new(TableTransactionActionType.UpsertReplace, mark)
                : new(TableTransactionActionType.Delete, mark, ETag.All));
        }

        try
        {
            var etags = await table.SubmitTransactionAsync(actions, cancellationToken);
            if (read.State != row.State)
            {
                Measures.Moved(read, row);
            }

            Log.Happened(log, row.Id, read.Events, happened.Code, entity[EnrollmentChain.Link]);
            if (mustLeave)
            {
                await group.TryLeaveAsync(row.SystemId);
            }

            return row with { ETag = etags[0], Stored = entity };
        }
        catch (TableTransactionFailedException exception) when (exception.Status is 409 or 412)
        {
            return null;
        }
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
        (await table.GetEntityIfExistsAsync(id.Month, EnrollmentKeys.Open(id), ["PartitionKey"], cancellationToken))?.ETag;

    /// <summary>Deletes that version of the mark: nothing is left to do. Another version is a later attempt's, and stays.</summary>
    public async Task DeleteMarkAsync(EnrollmentId id, ETag version, CancellationToken cancellationToken)
    {
        try
        {
            await table.DeleteEntityAsync(id.Month, EnrollmentKeys.Open(id), version, cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 412)
        {
            // The enrollment was retried meanwhile.
        }
    }

    /// <summary>
    /// The ids of all enrollments that are open, or have ended with something left to do; newest month first. Costs the marks, not the history.
    /// </summary>
    public async IAsyncEnumerable<EnrollmentId> ListOpenAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        for (var back = 0; back < MonthsWatched; back++)
        {
            var month = now.AddMonths(-back).ToString("yyyyMM", CultureInfo.InvariantCulture);
            var marks = TableFilter.Create($"PartitionKey eq {month} and RowKey ge {"o|"} and RowKey lt {"o}"}");
            await foreach (var mark in table.QueryAsync(marks, null, ["PartitionKey", "RowKey"], cancellationToken))
            {
                yield return EnrollmentKeys.IdOf(mark);
            }
        }
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
    }
}
