using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Devices;
using Prestage.Functions.Identity;

namespace Prestage.Functions.Portal;

/// <summary>
/// GET /api/portal/attempts<c>?systemId=</c> or <c>?identifier=</c>: the failed tries of a Mac or of a claimed identity, and what operators did with them.
/// </summary>
/// <param name="Failed">Failed tries that count now; absent where the row cannot be read.</param>
/// <param name="LockedUntil">Absent where there is no lock.</param>
/// <param name="Locks">Locks since the last right proof or release; absent where the row cannot be read.</param>
/// <param name="Unreadable">Why the row cannot be read; <c>attempts/release</c> deletes it.</param>
/// <param name="Continuation">For older events; absent at the end.</param>
internal sealed record AttemptsPage(
    int? Failed, DateTimeOffset? LockedUntil, int? Locks, string? Unreadable, IReadOnlyList<EventLine> Events, string? Continuation);

/// <summary>Shows tries and who cleared them. Nobody is named by the answer: whoever asks knows whom.</summary>
internal sealed class AttemptsPageFunction(
    AttemptRows attempts, AttemptsOptions options, DeviceRows devices, IdentityOptions identity, TimeProvider clock)
{
    [Function("AttemptsPage")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/portal/attempts")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var (query, wrong) = EventQuery.OfOperators(request.Query, "systemId", "identifier");
        if (query is null)
        {
            return wrong!;
        }

        var values = new QueryValues(request.Query);
        var whose = new ReleaseAttemptsRequest(values["identifier"], values["systemId"]);
        if (whose.Check() is { } invalid)
        {
            return invalid;
        }

        var (key, subject) = whose.Subject(identity.Identifier);
        var now = clock.GetUtcNow();
        var stored = await attempts.ReadAsync(key, cancellationToken);
        var row = stored.Entity is null ? new AttemptRow { Key = key } : stored.Row?.At(now, options.Window);
        var page = await query.ReadAsync(devices, subject, cancellationToken);
        return TypedResults.Ok(new AttemptsPage(
            row?.Failed.Count, row?.LockedUntil is { } until && until > now ? until : null, row?.Locks, stored.Unreadable,
            [.. page.Events.Select(EventLine.Of)], page.Next?.ToString()));
    }
}
