using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Devices;
using Prestage.Functions.Passcodes;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>
/// GET /api/portal/passcodes/{userId}<c>?pageSize=&amp;continuation=</c>: the person's passcode, never its text, and what operators did with it, newest first.
/// </summary>
/// <param name="Passcode">The last one that was made; absent where it is gone, or cannot be read.</param>
/// <param name="Unreadable">Why its row cannot be read; a new passcode replaces it.</param>
/// <param name="Continuation">For older events; absent at the end.</param>
internal sealed record PasscodePage(
    string UserId, PasscodeLine? Passcode, string? Unreadable, IReadOnlyList<EventLine> Events, string? Continuation);

/// <summary>A passcode as operators see it.</summary>
/// <param name="SerialNumber">The only Mac that it is good for; absent: any.</param>
/// <param name="UsedBy">The enrollment that used it up; absent: none has.</param>
internal sealed record PasscodeLine(string CreatedBy, DateTimeOffset ExpiresAt, string? SerialNumber, string? UsedBy)
{
    public static PasscodeLine Of(PasscodeRow row) => new(row.CreatedBy, row.ExpiresAt, row.SerialNumber, row.UsedBy?.ToString());
}

/// <summary>One person's passcode and its trace.</summary>
internal sealed class PasscodePageFunction(PasscodeRows passcodes, DeviceRows devices)
{
    [Function("PasscodePage")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/portal/passcodes/{userId}")] HttpRequest request, string userId)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var (query, wrong) = EventQuery.OfOperators(request.Query);
        if (query is null)
        {
            return wrong!;
        }

        if (!DeviceProof.IsSystemId(userId))
        {
            return Problem.NotFound("There is no such person: a JumpCloud user id has 24 lower-case hexadecimal digits.");
        }

        var stored = await passcodes.ReadAsync(userId, cancellationToken);
        var page = await query.ReadAsync(devices, DeviceRows.SubjectOf(userId), cancellationToken);
        return stored.Entity is null && page.Events.Count == 0
            ? Problem.NotFound("Nobody has made a passcode for this person.")
            : TypedResults.Ok(new PasscodePage(
                userId, stored.Row is { } row ? PasscodeLine.Of(row) : null, stored.Unreadable, [.. page.Events.Select(EventLine.Of)],
                page.Next?.ToString()));
    }
}
