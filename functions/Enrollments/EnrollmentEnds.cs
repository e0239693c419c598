using Prestage.Functions.Devices;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Vault;

namespace Prestage.Functions.Enrollments;

/// <summary>
/// Takes the Macs of enrollments that ended before they were completed out of <c>Groups__Enrollment</c>. Their marks stay until no call of the
/// enrollment can be under way any more, since a verify may add the Mac after the end.
/// </summary>
internal sealed partial class EnrollmentEnds(
    EnrollmentGroup group, DeviceRows devices, EnrollmentRows enrollments, TimeProvider clock, ILogger<EnrollmentEnds> log)
{
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(2);

    /// <summary>Works one ended enrollment off; it can be repeated or stopped at any line.</summary>
    public async Task WorkOffAsync(EnrollmentRow ended, CancellationToken cancellationToken)
    {
        var mark = await enrollments.FindMarkAsync(ended.Id, cancellationToken);
        try
        {
            await SettleGroupAsync(ended.SystemId, cancellationToken);
        }
        catch (Exception exception) when (exception is DirectoryException or SecretUnavailableException)
        {
            // One Mac that JumpCloud refuses must not keep the others in the group.
            Log.Later(log, ended.SystemId, exception);
            return;
        }

        if (mark is { } version && clock.GetUtcNow() - ended.StateAt >= LongestCall)
        {
            await enrollments.DeleteMarkAsync(ended.Id, version, cancellationToken);
        }
    }

    // A Mac that enrolls again stays in, whoever was faster: that enrollment's own end takes it out.
    private async Task SettleGroupAsync(string systemId, CancellationToken cancellationToken)
    {
        var pointer = await devices.FindAsync(systemId, cancellationToken);
        var current = await enrollments.FindAsync(pointer?.EnrollmentId, cancellationToken);
        if (current is null || !EnrollmentMoves.IsOpen(current.State))
        {
            await group.LeaveAsync(systemId, cancellationToken);
        }
        else if (EnrollmentMoves.IsBeforeBinding(current.State))
        {
            await group.JoinAsync(systemId, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5302, LogLevel.Warning,
            "Reconcile: system {SystemId} could not be taken out of Groups__Enrollment; the next run tries again")]
        public static partial void Later(ILogger log, string systemId, Exception reason);
    }
}
