using Prestage.Wire;

namespace Prestage.Functions.Health;

/// <summary>Says that the program answers; touches nothing. <c>GET /</c> is the Functions host's probe.</summary>
internal static class HealthEndpoint
{
    private static readonly HealthResponse Answer = new("ok", Hosting.ProgramVersion.Text);

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => TypedResults.Ok(Answer));
        routes.MapGet("/api/health", () => TypedResults.Ok(Answer));
    }
}
