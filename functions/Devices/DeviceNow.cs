using Prestage.Functions.Enrollments;

namespace Prestage.Functions.Devices;

/// <summary>What was stored of a Mac when it was read.</summary>
/// <param name="Enrollment">The row that the pointer names; null where there is none, or where its writer died before it.</param>
internal sealed record DeviceNow(DevicePointer? Pointer, EnrollmentRow? Enrollment)
{
    /// <summary>Whether a release waits to be used.</summary>
    public bool IsReleased => Pointer is { ByRelease: true } && Enrollment is null;

    /// <summary>Whether the Mac's release counts: until an enrollment begins by it, and then while that one goes on.</summary>
    public bool IsByRelease => Pointer is { ByRelease: true } && (Enrollment is null || EnrollmentMoves.IsOpen(Enrollment.State));

    /// <summary>Whether this enrollment is the Mac's present one, of this person, and goes on; it may still be without its row.</summary>
    public bool Resumes(EnrollmentId id, string userId) =>
        Pointer?.EnrollmentId == id && (Enrollment is null || (EnrollmentMoves.IsOpen(Enrollment.State) && Enrollment.UserId == userId));
}
