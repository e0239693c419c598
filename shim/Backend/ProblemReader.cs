using System.Net;
using System.Text.Json;
using Prestage.Wire;
using Refit;

namespace Prestage.Shim.Backend;

/// <summary>Reads a refusal: our problem JSON, or what a proxy, a captive portal or the platform put in its place.</summary>
internal static class ProblemReader
{
    public static BackendProblem Read(IApiResponse response)
    {
        var retryAfter = response.Headers?.RetryAfter?.Delta;
        if (response.ContentHeaders?.ContentType?.MediaType == "application/problem+json" && Parse((response.Error as ApiException)?.Content) is { } body)
        {
            return new BackendProblem(
                body.Code,
                body.Detail,
                body.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : retryAfter,
                body.AttemptsLeft,
                body.Violations);
        }

        var code = response.StatusCode == HttpStatusCode.TooManyRequests ? ProblemCodes.Busy : ProblemCodes.Unavailable;
        return new BackendProblem(code, $"The answer was {(int?)response.StatusCode} and not the service's own.", retryAfter);
    }

    private static ProblemBody? Parse(string? content)
    {
        try
        {
            return JsonSerializer.Deserialize(content ?? string.Empty, WireJson.Default.ProblemBody) is { Code: not null, Detail: not null } body ? body : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
