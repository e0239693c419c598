using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Problems;

namespace Prestage.Functions.Portal;

/// <summary>Every other address below <c>/api/portal</c>. It is behind the gate too: a stranger learns nothing of which routes there are.</summary>
internal static class NoPortalRouteFunction
{
    [Function("NoPortalRoute")]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "api/portal/{*path}")] HttpRequest request) =>
        Problem.NotFound("There is no such route.");
}
