using Prestage.Functions.JumpCloud;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Devices;

/// <summary>Which of our organization's Macs may start an enrollment.</summary>
internal sealed class DeviceEligibility(DeviceOptions options, TimeProvider clock)
{
    private readonly HashSet<string>? serials = options.Serials is { } list && !string.IsNullOrWhiteSpace(list)
        ? new(list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase)
        : null;

    /// <summary>Why this Mac may not enroll, or null. An operator's release stands in for the Mac's age.</summary>
    public Problem? Check(SystemRecord system, string claimedSerialNumber, DevicePointer? pointer) => system switch
    {
        _ when !string.Equals(system.SerialNumber, claimedSerialNumber, StringComparison.OrdinalIgnoreCase) =>
            Problem.DeviceNotEligible("The serial number is not the one that JumpCloud has for this Mac."),
        _ when IsTooOld(system) && pointer is not { ByRelease: true } => TooOld(),
        _ when options.RequireMdm && system.Mdm?.Vendor is not ("internal" or "external") =>
            Problem.DeviceNotEligible("This Mac is not managed by an MDM."),
        _ when serials?.Contains(claimedSerialNumber) == false =>
            Problem.DeviceNotEligible("This Mac's serial number is not on the list of Macs that may enroll."),
        _ => null,
    };

    /// <summary>Why a new enrollment may not begin in place of what is stored, or null: a release is good for one enrollment.</summary>
    public Problem? CheckNew(SystemRecord system, DeviceNow device) => IsTooOld(system) && !device.IsReleased ? TooOld() : null;

    private static Problem TooOld() =>
        Problem.DeviceNotEligible("This Mac was registered too long ago: your IT team can release it for enrollment.");

    private bool IsTooOld(SystemRecord system) => system.Created is not { } created || clock.GetUtcNow() - created > options.EnrollWithin;
}
