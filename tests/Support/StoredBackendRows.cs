using Azure.Data.Tables;
using Prestage.Functions.Storage;
using Xunit;

namespace Prestage.Tests.Support;

/// <summary>The rows of a backend's tables, as somebody with the storage account's key sees and changes them.</summary>
internal static class StoredBackendRows
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>All rows of a table.</summary>
    public static async Task<List<TableEntity>> RowsAsync(this Backend backend, string table)
    {
        await backend.TablesReadyAsync();
        return await backend.Tables.GetTableClient(table).QueryAsync<TableEntity>(cancellationToken: Cancel).ToListAsync(Cancel);
    }

    /// <summary>The event rows of a table.</summary>
    public static async Task<List<TableEntity>> EventsAsync(this Backend backend, string table) =>
        [.. (await backend.RowsAsync(table)).Where(row => row.RowKey.StartsWith("e|", StringComparison.Ordinal))];

    /// <summary>Changes a row that is there.</summary>
    public static async Task ChangeRowAsync(
        this Backend backend, string table, string partitionKey, string rowKey, Action<TableEntity> change)
    {
        await backend.TablesReadyAsync();
        var client = backend.Tables.GetTableClient(table);
        var row = (await client.FindEntityAsync(partitionKey, rowKey, Cancel))!;
        change(row);
        await client.InsertOrReplaceEntityAsync(row, Cancel);
    }
}
