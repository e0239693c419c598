using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Devices;
using Prestage.Functions.Hosting;
using Prestage.Functions.Identity;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>POST /api/portal/attempts/release: whose lock.</summary>
/// <param name="Identifier">As a person types it; or</param>
/// <param name="SystemId">the Mac's id. One of the two.</param>
internal sealed record ReleaseAttemptsRequest(string? Identifier, string? SystemId)
{
    /// <summary>What is wrong with it, or null.</summary>
    public Problem? Check() => this switch
    {
        { Identifier: null, SystemId: null } or { Identifier: not null, SystemId: not null } =>
            Problem.InvalidRequest("identifier", "give either it or systemId."),
        { SystemId: { } id } => DeviceProof.IsSystemId(id) ? null : Problem.InvalidRequest("systemId", "must be 24 lower-case hexadecimal digits."),
        _ => Fields.Text("identifier", Identifier, Prestage.Functions.Identity.Identifier.Longest),
    };

    /// <summary>
    /// The key of the tries, and whose events they are. A claimed identity need not be a person's: its events are kept under its key, which
    /// does not tell the text.
    /// </summary>
    public (string Key, string Subject) Subject(IdentifierField field)
    {
        var key = SystemId is { } systemId
            ? AttemptRows.DeviceKey(systemId)
            : AttemptRows.IdentityKey(Prestage.Functions.Identity.Identifier.From(field, Identifier!));
        return (key, SystemId ?? key);
    }
}

/// <summary>The lock is gone.</summary>
/// <param name="Released">Whether there was a lock or a failed try.</param>
internal sealed record AttemptsReleased(bool Released);

/// <summary>Clears the failed tries and the lock of a Mac or of a claimed identity.</summary>
internal sealed partial class ReleaseAttemptsFunction(
    Attempts attempts, DeviceRows devices, IdentityOptions identity, TimeProvider clock, ILogger<ReleaseAttemptsFunction> log)
{
    [Function("ReleaseAttempts")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/portal/attempts/release")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var call = await Call.ReadAsync(request, PortalJson.Default.ReleaseAttemptsRequest, cancellationToken);
        if ((call.Problem ?? call.Body!.Check()) is { } invalid)
        {
            return invalid;
        }

        var (key, subject) = call.Body!.Subject(identity.Identifier);

        // The event first, and neither of the two ends with a caller who hangs up: no lock is gone of which nobody knows who cleared it.
        var happened = Operator.Of(request.HttpContext).Did(clock.GetUtcNow(), "attempts-released");
        await devices.AppendAsync(subject, happened, CancellationToken.None);
        var released = await attempts.ReleaseAsync(key, CancellationToken.None);
        Log.Released(log, subject, happened.Actor);
        return TypedResults.Ok(new AttemptsReleased(released));
    }

    private static partial class Log
    {
        [LoggerMessage(6102, LogLevel.Information, "Portal: the failed tries of {Subject} were cleared by {Name}")]
        public static partial void Released(ILogger log, string subject, string name);
    }
}
