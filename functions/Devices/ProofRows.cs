using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Devices;

/// <summary>Table Proofs: which proofs were used. <c>yyyyMMddHH</c> of the signed date / SHA-256 of system id and signature.</summary>
internal sealed class ProofRows(TableClient table)
{
    private const string HourFormat = "yyyyMMddHH";

    /// <summary>
    /// Uses the proof, once: false where it was used before. The row carries this request's own id, so that our own repeated write after a
    /// lost answer is not taken for a replay.
    /// </summary>
    public async Task<bool> TryUseAsync(DeviceProof proof, CancellationToken cancellationToken)
    {
        var request = Guid.NewGuid().ToString("N");
        var (partition, row) = Keys(proof);
        try
        {
            await table.InsertEntityAsync(new TableEntity(partition, row) { ["Request"] = request }, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 409)
        {
            var existing = await table.FindEntityAsync(partition, row, cancellationToken);
            return existing?["Request"] is string stored && stored == request;
        }
    }

    /// <summary>Forgets proofs signed more than two hours ago: they are stale by far. Returns how many. Runs may overlap.</summary>
    public async Task<int> PurgeAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var oldest = now.UtcDateTime.AddHours(-2).ToString(HourFormat, CultureInfo.InvariantCulture);
        var purged = 0;
        await foreach (var page in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey lt {oldest}"), null, ["PartitionKey", "RowKey"], cancellationToken).AsPages())
        {
            foreach (var batch in page.Values.GroupBy(entity => entity.PartitionKey).SelectMany(hour => hour.Chunk(100)))
            {
                await DeleteAsync(batch, cancellationToken);
                purged += batch.Length;
            }
        }

        return purged;
    }

    private async Task DeleteAsync(TableEntity[] batch, CancellationToken cancellationToken)
    {
        try
        {
            await table.SubmitAsync(
                [.. batch.Select(entity => new TableTransactionAction(TableTransactionActionType.Delete, entity, ETag.All))], cancellationToken);
        }
        catch (TableTransactionFailedException exception) when (StorageErrorCode.IsOfMissingRow(exception))
        {
            // Another run was faster with some of them, and nothing of the batch is deleted.
            foreach (var entity in batch)
            {
                await table.DeleteEntityIfExistsAsync(entity.PartitionKey, entity.RowKey, ETag.All, cancellationToken);
            }
        }
    }

    private static (string Partition, string Row) Keys(DeviceProof proof) => (
        proof.SignedAt().UtcDateTime.ToString(HourFormat, CultureInfo.InvariantCulture),
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{proof.SystemId}\n{proof.Signature}"))));
}
