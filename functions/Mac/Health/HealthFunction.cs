using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Hosting;
using Prestage.Wire;

namespace Prestage.Functions.Mac.Health;

/// <summary>Says that the program answers; touches nothing.</summary>
internal static class HealthFunction
{
    private static readonly HealthResponse Answer = new("ok", ProgramVersion.Text);

    [Function("Health")]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/health")] HttpRequest request)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(Answer);
    }
}
