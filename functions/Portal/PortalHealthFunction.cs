using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Health;
using Prestage.Functions.Hosting;

namespace Prestage.Functions.Portal;

/// <summary>GET /api/portal/health: everything that the program depends on, for operators.</summary>
/// <param name="Status"><c>ok</c>, <c>degraded</c> (go and look) or <c>down</c> (nobody enrolls, or none is finished).</param>
/// <param name="CheckedAt">When everything was looked at last.</param>
internal sealed record PortalHealth(string Status, string Version, DateTimeOffset? CheckedAt, IReadOnlyList<DependencyLine> Dependencies);

/// <summary>One dependency.</summary>
/// <param name="Status"><c>ok</c>, <c>degraded</c>, <c>down</c>, or <c>unknown</c> where it could not be looked at.</param>
/// <param name="Since">Since when it is so.</param>
/// <param name="Remedy">What to do, where something is.</param>
internal sealed record DependencyLine(string Name, string Status, DateTimeOffset Since, string Code, string Detail, string? Remedy)
{
    public static DependencyLine Of(DependencyState state) =>
        new(state.Name, PortalHealthFunction.NameOf(state.Found.Status), state.Since, state.Found.Code, state.Found.Detail, state.Found.Remedy);
}

/// <summary>Answers from the picture that the watch keeps; an old one, or one with something wrong in it, is looked at anew for a moment.</summary>
internal sealed class PortalHealthFunction(HealthWatch watch, DependencyBoard board)
{
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(5);

    [Function("PortalHealth")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/portal/health")] HttpRequest request)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        await watch.RefreshAsync(LongestLook, cancellationToken);
        var worst = board.Worst == DependencyStatus.Unknown ? DependencyStatus.Degraded : board.Worst;
        return TypedResults.Ok(new PortalHealth(NameOf(worst), ProgramVersion.Text, watch.LookedAt, [.. board.States.Select(DependencyLine.Of)]));
    }

    /// <summary>The name on the wire.</summary>
    internal static string NameOf(DependencyStatus status) => status switch
    {
        DependencyStatus.Ok => "ok",
        DependencyStatus.Unknown => "unknown",
        DependencyStatus.Degraded => "degraded",
        _ => "down",
    };
}
