using Microsoft.Azure.Functions.Worker;
using Prestage.Functions.Hosting;
using Prestage.Wire;

namespace Prestage.ContractWorker;

/// <summary>What the backend's pipeline makes of a function's work.</summary>
public static class PipelineFunctions
{
    /// <summary>Reads a body as the backend does.</summary>
    [Function("Body")]
    public static async Task<IResult> BodyAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/body")] HttpRequest request)
    {
        var call = await Call.ReadAsync(request, WireJson.Default.VerifyRequest, request.HttpContext.RequestAborted);
        return call.Problem is null ? Results.NoContent() : call.Problem;
    }

    /// <summary>Answers what must not be in a message to the host.</summary>
    [Function("Secret")]
    public static IResult Secret([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/secret")] HttpRequest request) =>
        Results.Json(new { secret = string.Concat("canary-", request.Query["part"]) });

    /// <summary>Gives no result.</summary>
    [Function("Nothing")]
    public static IResult? Nothing([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/nothing")] HttpRequest request) =>
        request.Query.Count == 0 ? null : Results.Ok();

    /// <summary>Gives what is no answer.</summary>
    [Function("Text")]
    public static string Text([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/text")] HttpRequest request) => request.Path;

    /// <summary>Waits for the call's own token.</summary>
    [Function("Patient")]
    public static async Task<IResult> PatientAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/patient")] HttpRequest request)
    {
        Console.WriteLine("patient");
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, request.HttpContext.RequestAborted);
        }
        finally
        {
            Console.WriteLine("no longer patient");
        }

        return Results.NoContent();
    }
}
