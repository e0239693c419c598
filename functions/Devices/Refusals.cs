using Prestage.Functions.Enrollments;
using Prestage.Functions.Identity;
using Prestage.Wire;

namespace Prestage.Functions.Devices;

/// <summary>
/// Keeps what a proven Mac was refused, as an event of its enrollment, or of the Mac where the refusal is about no enrollment. Calls whose
/// proof or token does not hold are in the log only: who makes them is unknown, and a stranger must not write rows under a Mac's name.
/// </summary>
internal sealed class Refusals(DeviceRows devices, EnrollmentRows enrollments, EventBudget budget, TimeProvider clock)
{
    /// <summary>The code of the event that tells of the begin of a lock.</summary>
    public const string LockedOut = "locked-out";

    /// <summary>The Mac was refused; one table operation at most. The detail is for operators.</summary>
    public Task OfMacAsync(string systemId, string code, string detail) => KeepAsync(systemId, Event(systemId, code, detail));

    /// <summary>
    /// A person was refused: one table operation, whatever the reason (which becomes the detail) and whether or not a lock begins with it.
    /// </summary>
    public Task OfPersonAsync(string systemId, string reason, FailedTry failed) => KeepAsync(
        systemId,
        Event(systemId, ProblemCodes.NotVerified, reason),
        failed.LockedOut is null ? null : Event(systemId, LockedOut, failed.LockedOut));

    /// <summary>The enrollment's Mac was refused something.</summary>
    public async Task OfEnrollmentAsync(EnrollmentRow enrollment, string code, string detail)
    {
        if (!enrollment.IsFull && Event(enrollment.SystemId, code, detail) is { } happened)
        {
            await enrollments.AppendAsync(enrollment.Id, happened, CancellationToken.None);
        }
    }

    private Task KeepAsync(string systemId, params ReadOnlySpan<EnrollmentEvent?> events)
    {
        List<EnrollmentEvent> kept = [];
        foreach (var happened in events)
        {
            kept.AddRange(happened is null ? [] : [happened]);
        }

        return kept.Count == 0 ? Task.CompletedTask : devices.AppendAllAsync(systemId, kept, CancellationToken.None);
    }

    private EnrollmentEvent? Event(string systemId, string code, string detail) =>
        budget.Admit(systemId, code, new(clock.GetUtcNow(), "backend", code, detail) { Level = "warning" });
}
