using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Hosting;
using Prestage.Functions.Identity;
using Prestage.Functions.Problems;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Portal;

/// <summary>The Mac is released.</summary>
/// <param name="EnrollmentId">The enrollment that it pointed at.</param>
internal sealed record DeviceReleased(string SystemId, string? EnrollmentId);

/// <summary>
/// POST /api/portal/devices/{systemId}/release: the next enrollment, one, may begin whatever the Mac's age and whoever had it; the Mac's lock is
/// gone. What could still go on ends, a failed enrollment too, so that neither token nor retry acts beside the next. Nothing is unbound in JumpCloud.
/// </summary>
internal sealed partial class ReleaseDeviceFunction(
    DeviceRows devices, EnrollmentRows enrollments, Attempts attempts, TimeProvider clock, ILogger<ReleaseDeviceFunction> log)
{
    private const int MostRaces = 8;

    [Function("ReleaseDevice")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/portal/devices/{systemId}/release")] HttpRequest request, string systemId)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        if ((await Call.ReadAsync(request, PortalJson.Default.EmptyRequest, cancellationToken)).Problem is { } invalid)
        {
            return invalid;
        }

        if (!DeviceProof.IsSystemId(systemId))
        {
            return Problem.NotFound("There is no such Mac: a JumpCloud system id has 24 lower-case hexadecimal digits.");
        }

        var happened = Operator.Of(request.HttpContext).Did(clock.GetUtcNow(), "released");
        List<EnrollmentId> ended = [];
        for (var race = 0; race < MostRaces; race++)
        {
            // Neither the Mac's row nor its enrollment's need be readable: only a release helps such a Mac. From the first write on, a caller
            // who hangs up stops nothing: after half a release the Mac could neither continue nor begin.
            var going = ended.Count == 0 ? cancellationToken : CancellationToken.None;
            var pointer = await devices.ReadAsync(systemId, going);
            var found = pointer.Unreadable is null
                ? [await enrollments.ReadAsync(pointer.Row?.EnrollmentId, going)]
                : await enrollments.ReadOfSystemAsync(systemId, going);
            if (!await TryEndAsync(systemId, found, ended, happened))
            {
                continue;
            }

            if (await devices.TryReleaseAsync(systemId, pointer, found.Any(read => read.Entity is not null), happened, CancellationToken.None))
            {
                await attempts.ReleaseAsync(AttemptRows.DeviceKey(systemId), CancellationToken.None);
                Log.Released(log, systemId, happened.Actor);
                return TypedResults.Ok(new DeviceReleased(systemId, ended.Count == 0 ? null : ended[^1].ToString()));
            }
        }

        return Problem.Busy();
    }

    // Each that is not in the list of ended ones yet; false when somebody else was faster.
    private async Task<bool> TryEndAsync(
        string systemId, IReadOnlyList<StoredRow<EnrollmentRow>> found, List<EnrollmentId> ended, EnrollmentEvent happened)
    {
        foreach (var read in found)
        {
            if (read.Entity is not { } entity || EnrollmentKeys.IdOf(entity) is not { } id || ended.Contains(id))
            {
                continue;
            }

            var isEnded = read.Row is { } row
                ? await EndAsync(row, happened) is not null
                : await enrollments.TryEndUnreadableAsync(id, systemId, entity, happened, CancellationToken.None);
            if (!isEnded)
            {
                return false;
            }

            ended.Add(id);
        }

        return true;
    }

    private Task<EnrollmentRow?> EndAsync(EnrollmentRow read, EnrollmentEvent happened) =>
        enrollments.TryMoveAsync(
            read, EnrollmentMoves.HasEnded(read.State) ? read : read with { State = EnrollmentState.Cancelled }, happened, CancellationToken.None);

    private static partial class Log
    {
        [LoggerMessage(6101, LogLevel.Information, "Portal: system {SystemId} was released by {Name}")]
        public static partial void Released(ILogger log, string systemId, string name);
    }
}
