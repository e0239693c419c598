using System.Globalization;
using Azure;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Tables;

namespace Prestage.Functions.Devices;

/// <summary>The Mac's current enrollment.</summary>
internal sealed record DevicePointer(EnrollmentId EnrollmentId, ETag ETag);

/// <summary>Table Devices: a Mac's pointer to its enrollment, and events that have no enrollment.</summary>
internal sealed class DeviceRows(TableClient table)
{
    private const string Current = "current";

    /// <summary>The pointer, or null.</summary>
    public async Task<DevicePointer?> FindAsync(string systemId, CancellationToken cancel)
    {
        var row = await table.GetEntityIfExistsAsync(systemId, Current, cancel: cancel);
        return row is null ? null : new(EnrollmentId.Parse(row.GetString("EnrollmentId")!), row.ETag);
    }

    /// <summary>
    /// Points the Mac at an enrollment, in place of <paramref name="previous"/> (null: of none); false when somebody else was faster.
    /// </summary>
    public async Task<bool> TryPointAsync(string systemId, EnrollmentId id, DevicePointer? previous, CancellationToken cancel)
    {
        var row = new TableEntity(systemId, Current) { ["EnrollmentId"] = id.ToString() };
        try
        {
            await (previous is null ? table.AddEntityAsync(row, cancel) : table.UpdateEntityAsync(row, previous.ETag, cancel));
            return true;
        }
        catch (RequestFailedException lost) when (lost.Status is 409 or 412)
        {
            return false;
        }
    }

    /// <summary>Keeps an event of a Mac that has no enrollment.</summary>
    public async Task AppendAsync(string systemId, EnrollmentEvent happened, CancellationToken cancel)
    {
        var newestFirst = (DateTimeOffset.MaxValue.UtcTicks - happened.At.UtcTicks).ToString("x16", CultureInfo.InvariantCulture);
        var row = new TableEntity(systemId, $"e|{newestFirst}-{EnrollmentId.RandomText()}");
        happened.WriteTo(row);
        try
        {
            await table.AddEntityAsync(row, cancel);
        }
        catch (RequestFailedException conflict) when (conflict.Status == 409)
        {
            // The key is random: it is our own row, and the first answer was lost.
        }
    }
}
