using Prestage.Functions.JumpCloud;
using Prestage.Functions.Vault;

namespace Prestage.Functions.Enrollments;

/// <summary>The Macs of <c>Groups__Enrollment</c>; without that setting nothing is done.</summary>
internal sealed partial class EnrollmentGroup(IJumpCloud jumpCloud, GroupsOptions groups, TimeProvider clock, ILogger<EnrollmentGroup> log)
{
    // An operator waits for this, and the mark is worked off later.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Adds the Mac; again, it changes nothing.</summary>
    public Task JoinAsync(string systemId, CancellationToken cancellationToken) =>
        groups.Enrollment is { } group ? jumpCloud.AddToGroupAsync(group, systemId, cancellationToken) : Task.CompletedTask;

    /// <summary>Takes the Mac out; again, it changes nothing.</summary>
    public Task LeaveAsync(string systemId, CancellationToken cancellationToken) =>
        groups.Enrollment is { } group ? jumpCloud.RemoveFromGroupAsync(group, systemId, cancellationToken) : Task.CompletedTask;

    /// <summary>The same at the end of an enrollment; where JumpCloud does not do it now, the timer works the mark off.</summary>
    public async Task TryLeaveAsync(string systemId)
    {
        using var limit = new CancellationTokenSource(Patience, clock);
        try
        {
            await LeaveAsync(systemId, limit.Token);
        }
        catch (Exception exception) when (exception is DirectoryException or SecretUnavailableException or OperationCanceledException)
        {
            Log.Later(log, systemId, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5301, LogLevel.Warning, "System {SystemId} could not be taken out of Groups__Enrollment; Reconcile does it")]
        public static partial void Later(ILogger log, string systemId, Exception reason);
    }
}
