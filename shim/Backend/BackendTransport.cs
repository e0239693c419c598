using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prestage.Wire;

namespace Prestage.Shim.Backend;

/// <summary>One call over HTTP: the exact body bytes, a time limit, the clock, and every failure as a <see cref="BackendException"/>.</summary>
internal sealed class BackendTransport(HttpClient http, ServiceClock clock, TimeProvider time)
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(35);

    /// <summary>Sends and reads the answer; an empty success gives null.</summary>
    /// <param name="headers">Proof or token; called for this one try.</param>
    public async Task<T?> SendAsync<T>(
        HttpMethod method, string path, byte[]? body, Action<HttpRequestHeaders>? headers, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        headers?.Invoke(request.Headers);
        using var timer = new CancellationTokenSource(CallLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(request, either.Token);
            if (response.Headers.Date is { } date)
            {
                clock.Observe(date);
            }

            var content = await response.Content.ReadAsByteArrayAsync(either.Token);
            return response.IsSuccessStatusCode
                ? content.Length == 0 ? null : JsonSerializer.Deserialize(content, type)
                : throw new BackendException(ProblemReader.Read(response, content));
        }
        // A connection that is reset as it opens comes as it is (SocketsHttpHandler asks for the other end's address, and wraps nothing there).
        catch (Exception exception) when (exception is HttpRequestException or JsonException or IOException or SocketException)
        {
            throw new BackendException(new BackendProblem(ProblemCodes.Unavailable, "The service did not give a usable answer."), exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BackendException(new BackendProblem(ProblemCodes.Unavailable, "The service did not answer in time."), exception);
        }
    }
}
