using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Prestage.Tests.Support;

/// <summary>Answers below a client's real pipeline, one answer for each request in turn, and keeps what was asked.</summary>
internal sealed class StubHandler(params Func<HttpRequestMessage, HttpResponseMessage>[] answers) : HttpMessageHandler
{
    private readonly ConcurrentQueue<Func<HttpRequestMessage, HttpResponseMessage>> left = new(answers);

    /// <summary>Method, address and headers of each request, in order.</summary>
    public ConcurrentQueue<HttpRequestMessage> Requests { get; } = new();

    /// <summary>An answer with a body and headers; a content header's name is recognized as such.</summary>
    public static Func<HttpRequestMessage, HttpResponseMessage> Answer(
        HttpStatusCode status, string body = "", string mediaType = "application/json", params (string Name, string Value)[] headers) => _ =>
    {
        var answer = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8) };
        answer.Content.Headers.Remove("Content-Type");
        answer.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        foreach (var (name, value) in headers)
        {
            answer.Headers.TryAddWithoutValidation(name, value);
        }

        return answer;
    };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Enqueue(request);
        if (!left.TryDequeue(out var make))
        {
            throw new InvalidOperationException($"One request more than there are answers: {request.Method} {request.RequestUri}");
        }

        var answer = make(request);
        answer.RequestMessage = request;
        return Task.FromResult(answer);
    }
}
