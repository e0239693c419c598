using Prestage.Functions.Enrollments;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Devices;

/// <summary>Which of our organization's Macs may start an enrollment.</summary>
internal sealed class DeviceEligibility(DeviceOptions options, IJumpCloud jumpCloud, DeviceRows pointers, TimeProvider clock)
{
    private readonly HashSet<string>? serials = options.Serials is { } list && !string.IsNullOrWhiteSpace(list)
        ? new(list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase)
        : null;

    /// <summary>
    /// Why this Mac may not enroll, or null. An operator's release stands in for the Mac's age, and for who is bound to it, until its one
    /// enrollment has ended.
    /// </summary>
    public async Task<Problem?> CheckAsync(SystemRecord system, string claimedSerialNumber, DeviceNow device, CancellationToken cancellationToken) =>
        Check(system, claimedSerialNumber, device)
        ?? (device.IsByRelease ? null : await CheckBoundAsync(system.Id!, PersonOf(device.Enrollment), cancellationToken));

    /// <summary>Why a new enrollment may not begin in place of what is stored, or null: a release is good for one enrollment.</summary>
    public async Task<Problem?> CheckNewAsync(SystemRecord system, DeviceNow device, CancellationToken cancellationToken) => device switch
    {
        { IsReleased: true } => null,
        _ when IsTooOld(system) => TooOld(),
        { Pointer.ByRelease: true } => await CheckBoundAsync(system.Id!, null, cancellationToken),
        _ => null,
    };

    /// <summary>Why the enrollment's person may not be bound now, or null: since verify another person may have been.</summary>
    public async Task<Problem?> CheckBindingAsync(EnrollmentRow enrollment, CancellationToken cancellationToken) =>
        options.Trust == TrustMode.Signature
        || (await pointers.FindAsync(enrollment.SystemId, cancellationToken) is { ByRelease: true } pointer
            && pointer.EnrollmentId == enrollment.Id)
            ? null
            : await CheckBoundAsync(enrollment.SystemId, enrollment.UserId, cancellationToken);

    private Problem? Check(SystemRecord system, string claimedSerialNumber, DeviceNow device) => system switch
    {
        _ when !string.Equals(system.SerialNumber, claimedSerialNumber, StringComparison.OrdinalIgnoreCase) =>
            Problem.DeviceNotEligible("The serial number is not the one that JumpCloud has for this Mac."),
        _ when IsTooOld(system) && !device.IsByRelease => TooOld(),
        _ when options.RequireMdm && system.Mdm?.Vendor is not ("internal" or "external") =>
            Problem.DeviceNotEligible("This Mac is not managed by an MDM."),
        _ when serials?.Contains(claimedSerialNumber) == false =>
            Problem.DeviceNotEligible("This Mac's serial number is not on the list of Macs that may enroll."),
        _ => null,
    };

    // A record with a person on it is a Mac in use, and who only knows the device key is not believed to sit at it; but the person of the Mac's
    // own enrollment may come back to it, to resume it or to be told that the Mac is enrolled.
    private async Task<Problem?> CheckBoundAsync(string systemId, string? expected, CancellationToken cancellationToken)
    {
        if (options.Trust == TrustMode.Signature)
        {
            return null;
        }

        return (await jumpCloud.GetBoundUsersAsync(systemId, cancellationToken)).All(userId => userId == expected)
            ? null
            : Problem.DeviceNotEligible("A person is bound to this Mac in JumpCloud: your IT team can release it for enrollment.");
    }

    private static string? PersonOf(EnrollmentRow? own) => own is { Bound: true } ? own.UserId : null;

    private static Problem TooOld() =>
        Problem.DeviceNotEligible("This Mac was registered too long ago: your IT team can release it for enrollment.");

    private bool IsTooOld(SystemRecord system) => system.Created is not { } created || clock.GetUtcNow() - created > options.EnrollWithin;
}
