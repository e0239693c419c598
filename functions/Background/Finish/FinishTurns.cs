using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Background.Finish;

/// <summary>
/// Keeps one message of an attempt alive (docs/decisions, turns of finish). The enrollment's open mark says which turn it is; a message
/// that comes too early takes the next turn before it puts its successor, and one of an earlier turn puts none.
/// </summary>
internal sealed class FinishTurns(TableClient table, FinishQueue queue, TimeProvider clock)
{
    private const int MostRemembered = 1000;

    // A successor that is later than this has been lost.
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<EnrollmentId, int> begun = new();

    /// <summary>Begins an attempt: the move to it, and its first message where it was this call that moved.</summary>
    /// <param name="attempt">The attempt's number.</param>
    /// <param name="move">Moves; the row, and whether this call moved it.</param>
    public async Task<EnrollmentRow> BeginAsync(
        EnrollmentId id, int attempt, Func<Task<(EnrollmentRow Row, bool IsOurs)>> move, CancellationToken cancellationToken)
    {
        if (begun.Count >= MostRemembered)
        {
            begun.Clear();
        }

        // Before the move, so that a call beside this one does not take the message for lost.
        begun[id] = attempt;
        try
        {
            var (row, isOurs) = await move();
            if (isOurs)
            {
                await BeginAsync(row, cancellationToken);
            }

            return row;
        }
        catch (Exception)
        {
            begun.TryRemove(id, out _);
            throw;
        }
    }

    /// <summary>Puts the first message of the attempt that a move has just begun.</summary>
    public Task BeginAsync(EnrollmentRow enrollment, CancellationToken cancellationToken) =>
        queue.SendAsync(enrollment, TimeSpan.Zero, cancellationToken);

    /// <summary>
    /// The Mac says once more that it is done: puts a message only where none is on its way. The first one may have been lost with the process
    /// that was to put it; what this process has put is not.
    /// </summary>
    public async Task RepeatAsync(EnrollmentRow enrollment, CancellationToken cancellationToken)
    {
        if (begun.TryGetValue(enrollment.Id, out var attempt) && attempt == enrollment.Attempt)
        {
            return;
        }

        if (await FindAsync(enrollment.Id, cancellationToken) is not { } mark || !mark.IsOf(enrollment.Attempt)
            || (mark.Turn > FinishMessage.FirstTurn && clock.GetUtcNow() - mark.DueAt < Late))
        {
            return;
        }

        if (await TryTakeAsync(enrollment, mark, clock.GetUtcNow(), cancellationToken) is { } next)
        {
            await queue.SendAsync(Message(enrollment, next), TimeSpan.Zero, cancellationToken);
        }
    }

    /// <summary>
    /// Puts the successor of a message that came too early; false where another message is the live one. A message that is delivered again
    /// after its turn was taken puts the successor once more: the first one may have been lost with the process.
    /// </summary>
    public async Task<bool> PostponeAsync(
        EnrollmentRow enrollment, FinishMessage message, int delivery, TimeSpan delay, CancellationToken cancellationToken)
    {
        var dueAt = clock.GetUtcNow() + delay;
        while (await FindAsync(enrollment.Id, cancellationToken) is { } mark && mark.IsOf(message.Attempt))
        {
            if (mark.Turn == message.Turn + 1 && delivery > 1)
            {
                await queue.SendAsync(Message(enrollment, mark.Turn), delay, cancellationToken);
                return true;
            }

            if (mark.Turn != message.Turn)
            {
                return false;
            }

            if (await TryTakeAsync(enrollment, mark, dueAt, cancellationToken) is { } next)
            {
                await queue.SendAsync(Message(enrollment, next), delay, cancellationToken);
                return true;
            }
        }

        return false;
    }

    private static FinishMessage Message(EnrollmentRow enrollment, int turn) => new(enrollment.Id.ToString(), enrollment.Attempt, turn);

    private async Task<OpenMark?> FindAsync(EnrollmentId id, CancellationToken cancellationToken) =>
        await table.FindEntityAsync(id.Month, EnrollmentKeys.Open(id), cancellationToken) is { } row
            ? OpenMark.Of(row)
            : null;

    // The next turn, or null where somebody else was faster. If the answer to our own write was lost, the row names this call.
    private async Task<int?> TryTakeAsync(EnrollmentRow enrollment, OpenMark mark, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        var taker = Guid.NewGuid().ToString("N");
        try
        {
            await table.ReplaceEntityAsync(mark.Next(enrollment, dueAt, taker), mark.ETag, cancellationToken);
            return mark.Turn + 1;
        }
        catch (RequestFailedException exception) when (exception.Status == 412 || StorageErrorCode.IsOfMissingRow(exception))
        {
            return await FindAsync(enrollment.Id, cancellationToken) is { } now && now.Taker == taker ? now.Turn : null;
        }
    }
}
