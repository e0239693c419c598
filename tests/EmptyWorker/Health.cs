using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Prestage.EmptyWorker;

/// <summary>Answers at once.</summary>
internal static class Health
{
    [Function(nameof(Health))]
    public static IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request) => Results.Ok();
}
