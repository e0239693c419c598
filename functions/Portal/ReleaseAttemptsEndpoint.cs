using Prestage.Functions.Devices;
using Prestage.Functions.Hosting;
using Prestage.Functions.Identity;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>POST /api/portal/attempts/release: whose lock.</summary>
/// <param name="Identifier">As a person types it; or</param>
/// <param name="SystemId">the Mac's id. One of the two.</param>
internal sealed record ReleaseAttemptsRequest(string? Identifier, string? SystemId);

/// <summary>The lock is gone.</summary>
/// <param name="Released">Whether there was a lock or a failed try.</param>
internal sealed record AttemptsReleased(bool Released);

/// <summary>Clears the failed tries and the lock of a Mac or of a claimed identity.</summary>
internal static partial class ReleaseAttemptsEndpoint
{
    public static void MapReleaseAttempts(this IEndpointRouteBuilder routes) => routes.MapPost("/attempts/release", HandleAsync);

    internal static async Task<IResult> HandleAsync(
        HttpRequest request, Attempts attempts, DeviceRows devices, IdentityOptions identity, TimeProvider clock,
        ILogger<ReleaseAttemptsRequest> log, CancellationToken cancellationToken)
    {
        var call = await Call.ReadAsync(request, PortalJson.Default.ReleaseAttemptsRequest, cancellationToken);
        if ((call.Problem ?? Check(call.Body!)) is { } invalid)
        {
            return invalid;
        }

        // A claimed identity need not be a person's: its events are kept under its key, which does not tell the text.
        var (body, name) = (call.Body!, Operator.Of(request.HttpContext).Name);
        var (key, subject) = body.SystemId is { } systemId
            ? (AttemptRows.DeviceKey(systemId), systemId)
            : (AttemptRows.IdentityKey(Identifier.From(identity.Identifier, body.Identifier!)), null);
        var released = await attempts.ReleaseAsync(key, cancellationToken);
        await devices.AppendAsync(subject ?? key, new(clock.GetUtcNow(), name, "attempts-released"), cancellationToken);
        Log.Released(log, subject ?? key, name);
        return TypedResults.Ok(new AttemptsReleased(released));
    }

    private static Problem? Check(ReleaseAttemptsRequest body) => body switch
    {
        { Identifier: null, SystemId: null } or { Identifier: not null, SystemId: not null } =>
            Problem.InvalidRequest("identifier", "give either it or systemId."),
        { SystemId: { } id } => DeviceProof.IsSystemId(id) ? null : Problem.InvalidRequest("systemId", "must be 24 lower-case hexadecimal digits."),
        _ => Fields.Text("identifier", body.Identifier, Identifier.Longest),
    };

    private static partial class Log
    {
        [LoggerMessage(6102, LogLevel.Information, "Portal: the failed tries of {Subject} were cleared by {Name}")]
        public static partial void Released(ILogger log, string subject, string name);
    }
}
