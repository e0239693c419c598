using System.Net;
using System.Runtime.ExceptionServices;
using Prestage.Functions.Telemetry;
using Refit;

namespace Prestage.Functions.JumpCloud;

/// <summary>
/// Turns JumpCloud's answers into values or one of four failures. Refit's exceptions carry a request's headers and an answer's body: none
/// leaves here, neither thrown nor as a cause.
/// </summary>
internal sealed class DirectoryAnswers(TimeProvider clock)
{
    /// <summary>The content of a read; null for 404.</summary>
    public async Task<T?> FindAsync<T>(Task<IApiResponse<T>> call)
        where T : class
    {
        using var response = await call;
        return response.StatusCode == HttpStatusCode.NotFound ? null : Content(response);
    }

    /// <summary>Waits for a write; <paramref name="alsoSuccess"/> is the status that says "it is so already", and then it is false.</summary>
    public async Task<bool> SucceedAsync(Task<IApiResponse> call, HttpStatusCode? alsoSuccess = null)
    {
        using var response = await call;
        if (alsoSuccess is not null && response.StatusCode == alsoSuccess)
        {
            return false;
        }

        Succeeded(response);
        return true;
    }

    /// <summary>The content of a success; something else than the expected JSON (a proxy's page, half an answer) is Busy.</summary>
    public T Content<T>(IApiResponse<T> response)
        where T : class
    {
        Succeeded(response);
        return response is { Error: null, Content: { } content } ? content : throw Busy(response);
    }

    /// <summary>What a refusal says; empty where there is nothing.</summary>
    public static string Refusal(IApiResponse response) => (response.Error as ApiException)?.Content ?? string.Empty;

    /// <summary>Method and path template of the call.</summary>
    public static string Route(IApiResponse response) => DirectoryCall.Of(response.RequestMessage!).Route;

    /// <summary>Throws why there is no answer, where there is none.</summary>
    public static void Received(IApiResponse response)
    {
        if (response.Error is ApiRequestException failed)
        {
            ExceptionDispatchInfo.Throw(failed.InnerException!);
        }
    }

    /// <summary>The failure of a JumpCloud that may answer later, and when, where it said so.</summary>
    public DirectoryException Busy(IApiResponse response) => new(
        DirectoryFailure.Busy, Route(response), (int?)response.StatusCode, DirectoryResilience.RetryAfter(response.Headers!, clock));

    private void Succeeded(IApiResponse response)
    {
        Received(response);
        switch ((int)response.StatusCode!)
        {
            case >= 200 and < 300:
                return;
            case 404:
                throw new DirectoryException(DirectoryFailure.Missing, Route(response), 404);
            case 401 or 403:
                throw new DirectoryException(DirectoryFailure.KeyRefused, Route(response), (int)response.StatusCode);
            case 429 or >= 500:
                throw Busy(response);
            default:
                throw new DirectoryException(DirectoryFailure.Refused, Route(response), (int)response.StatusCode);
        }
    }
}
