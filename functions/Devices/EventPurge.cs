using Prestage.Functions.Enrollments;

namespace Prestage.Functions.Devices;

/// <summary>
/// Deletes events that have no enrollment after <c>Enrollment__KeepFor</c>: of Macs, of persons' passcodes, of cleared tries. Once a day and
/// instance, since it reads the whole table.
/// </summary>
internal sealed class EventPurge(DeviceRows devices, EnrollmentOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Between = TimeSpan.FromDays(1);
    private long? doneAt;

    /// <summary>Deletes what is too old where a day has passed; returns how many.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (options.KeepFor == TimeSpan.Zero || (doneAt is { } last && clock.GetElapsedTime(last) < Between))
        {
            return 0;
        }

        var purged = await devices.PurgeEventsAsync(clock.GetUtcNow() - options.KeepFor, cancellationToken);

        // With a full batch more may be left for the next run.
        doneAt = purged < DeviceRows.MostPurged ? clock.GetTimestamp() : null;
        return purged;
    }
}
