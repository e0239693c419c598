using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>GET /api/portal/devices/{systemId}: the Mac's present enrollment, and events of the Mac itself, newest first.</summary>
/// <param name="Released">Whether a release waits to be used.</param>
internal sealed record DevicePage(
    string SystemId, bool Released, string? EnrollmentId, EnrollmentLine? Enrollment, IReadOnlyList<EventLine> Events);

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

        var pointer = await devices.FindAsync(systemId, cancellationToken);
        var events = await devices.ReadEventsAsync(systemId, MostEvents, cancellationToken);
        if (pointer is null && events.Count == 0)
        {
            return Problem.NotFound("This Mac has not been here.");
        }

        var row = await enrollments.FindAsync(pointer?.EnrollmentId, cancellationToken);
        return TypedResults.Ok(new DevicePage(
            systemId, new DeviceNow(pointer, row).IsReleased, row?.Id.ToString(), row is null ? null : EnrollmentLine.Of(row),
            [.. events.Select(EventLine.Of)]));
    }
}
