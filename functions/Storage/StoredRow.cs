using Azure.Data.Tables;

namespace Prestage.Functions.Storage;

/// <summary>What is stored under a key: nothing, a row, or a row that this version cannot read.</summary>
/// <param name="Entity">The row as stored; null where there is none.</param>
/// <param name="Row">The row as read; null where there is none, or where it cannot be read.</param>
/// <param name="Unreadable">Why it cannot be read, a sentence for operators; null where it can, or where there is none.</param>
internal sealed record StoredRow<T>(TableEntity? Entity, T? Row, string? Unreadable)
    where T : class
{
    /// <summary>The row, or null where there is none. Throws <see cref="UnreadableRowException"/>: unreadable is not missing.</summary>
    public T? OrThrow() => Unreadable is null ? Row : throw new UnreadableRowException(Entity!.PartitionKey, Entity.RowKey, Unreadable);
}

/// <summary>
/// A call needs a row that this version cannot read: somebody changed it, or a newer version wrote it. The call may succeed later.
/// </summary>
internal sealed class UnreadableRowException(string partitionKey, string rowKey, string why)
    : Exception($"The row {partitionKey} / {rowKey} cannot be read: {why}");
