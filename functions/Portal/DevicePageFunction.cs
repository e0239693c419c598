using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>
/// GET /api/portal/devices/{systemId}<c>?actor=&amp;pageSize=&amp;continuation=</c>: the Mac's present enrollment, and events of the Mac, newest first.
/// </summary>
/// <param name="Released">Whether a release waits to be used.</param>
/// <param name="EnrollmentId">The present enrollment, also where its row cannot be read.</param>
/// <param name="Unreadable">Why the Mac's row or its enrollment's cannot be read; a release of the Mac ends that.</param>
/// <param name="Continuation">For older events; absent at the end.</param>
internal sealed record DevicePage(
    string SystemId, bool Released, string? EnrollmentId, EnrollmentLine? Enrollment, string? Unreadable, IReadOnlyList<EventLine> Events,
    string? Continuation);

/// <summary>One Mac.</summary>
internal sealed class DevicePageFunction(DeviceRows devices, EnrollmentRows enrollments)
{
    [Function("DevicePage")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/portal/devices/{systemId}")] HttpRequest request, string systemId)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var (query, wrong) = EventQuery.Read(request.Query);
        if (query is null)
        {
            return wrong!;
        }

        if (!DeviceProof.IsSystemId(systemId))
        {
            return Problem.NotFound("There is no such Mac: a JumpCloud system id has 24 lower-case hexadecimal digits.");
        }

        var pointer = await devices.ReadAsync(systemId, cancellationToken);
        var page = await query.ReadAsync(devices, systemId, cancellationToken);
        if (pointer.Entity is null && page.Events.Count == 0)
        {
            return Problem.NotFound("This Mac has not been here.");
        }

        var stored = await enrollments.ReadAsync(pointer.Row?.EnrollmentId, cancellationToken);
        return TypedResults.Ok(new DevicePage(
            systemId, stored.Unreadable is null && new DeviceNow(pointer.Row, stored.Row).IsReleased,
            stored.Entity is null ? null : pointer.Row?.EnrollmentId.ToString(), stored.Row is { } row ? EnrollmentLine.Of(row) : null,
            pointer.Unreadable ?? stored.Unreadable, [.. page.Events.Select(EventLine.Of)], page.Next?.ToString()));
    }
}
