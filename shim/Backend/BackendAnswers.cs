using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Polly.Timeout;
using Prestage.Wire;
using Refit;

namespace Prestage.Shim.Backend;

/// <summary>
/// Turns the service's answers into values or a <see cref="BackendException"/>. Refit's exceptions carry a request's headers and an answer's
/// body: none leaves here, neither thrown nor as a cause.
/// </summary>
internal static class BackendAnswers
{
    /// <summary>The content of a success.</summary>
    public static async Task<T> ReadAsync<T>(Task<IApiResponse<T>> call)
        where T : class
    {
        using var response = await call;
        Succeeded(response);
        return response.Content ?? throw Unavailable("The service's answer was empty.");
    }

    /// <summary>Waits for a success that says no more.</summary>
    public static async Task SucceedAsync(Task<IApiResponse> call)
    {
        using var response = await call;
        Succeeded(response);
    }

    private static void Succeeded(IApiResponse response)
    {
        switch (response.Error)
        {
            case null:
                return;
            case ApiRequestException { InnerException: { } cause }:
                throw NoAnswer(cause);
            case { InnerException: JsonException cause }:
                throw Unavailable("The service did not give a usable answer.", cause);
            default:
                throw new BackendException(ProblemReader.Read(response));
        }
    }

    private static BackendException NoAnswer(Exception cause)
    {
        switch (cause)
        {
            // A connection that is reset as it opens comes as it is (SocketsHttpHandler asks for the other end's address, and wraps nothing there).
            case HttpRequestException or IOException or SocketException:
                return Unavailable("The service did not give a usable answer.", cause);
            case TimeoutRejectedException or OperationCanceledException:
                return Unavailable("The service did not answer in time.", cause);
            default:
                ExceptionDispatchInfo.Throw(cause);
                return null;
        }
    }

    private static BackendException Unavailable(string detail, Exception? cause = null) => new(new BackendProblem(ProblemCodes.Unavailable, detail), cause);
}
