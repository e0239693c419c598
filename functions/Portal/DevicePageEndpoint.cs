using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>GET /api/portal/devices/{systemId}: the Mac's present enrollment, and events of the Mac itself, newest first.</summary>
/// <param name="Released">Whether a release waits to be used.</param>
/// <param name="EnrollmentId">The present enrollment, also where its row cannot be read.</param>
/// <param name="Unreadable">Why the Mac's row or its enrollment's cannot be read; a release of the Mac ends that.</param>
internal sealed record DevicePage(
    string SystemId, bool Released, string? EnrollmentId, EnrollmentLine? Enrollment, string? Unreadable, IReadOnlyList<EventLine> Events);

/// <summary>One Mac.</summary>
internal static class DevicePageEndpoint
{
    private const int MostEvents = 50;

    public static void MapDevicePage(this IEndpointRouteBuilder routes) => routes.MapGet("/devices/{systemId}", HandleAsync);

    internal static async Task<IResult> HandleAsync(string systemId, DeviceRows devices, EnrollmentRows enrollments, CancellationToken cancellationToken)
    {
        if (!DeviceProof.IsSystemId(systemId))
        {
            return Problem.NotFound("There is no such Mac: a JumpCloud system id has 24 lower-case hexadecimal digits.");
        }

        var pointer = await devices.ReadAsync(systemId, cancellationToken);
        var events = await devices.ReadEventsAsync(systemId, MostEvents, cancellationToken);
        if (pointer.Entity is null && events.Count == 0)
        {
            return Problem.NotFound("This Mac has not been here.");
        }

        var stored = await enrollments.ReadAsync(pointer.Row?.EnrollmentId, cancellationToken);
        return TypedResults.Ok(new DevicePage(
            systemId, stored.Unreadable is null && new DeviceNow(pointer.Row, stored.Row).IsReleased,
            stored.Entity is null ? null : pointer.Row?.EnrollmentId.ToString(), stored.Row is { } row ? EnrollmentLine.Of(row) : null,
            pointer.Unreadable ?? stored.Unreadable, [.. events.Select(EventLine.Of)]));
    }
}
