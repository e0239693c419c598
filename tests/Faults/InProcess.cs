using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Prestage.Tests.Faults;

/// <summary>The way to a web handler without a socket: the answer is there when the call returns.</summary>
internal static class InProcess
{
    private static readonly IServiceProvider Services = new ServiceCollection().AddLogging().BuildServiceProvider();

    public static async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, RequestDelegate handler, CancellationToken cancellationToken)
    {
        var context = new DefaultHttpContext { RequestServices = Services };
        context.Request.Method = request.Method.Method;
        context.Request.Path = request.RequestUri!.AbsolutePath;
        context.Request.QueryString = new QueryString(request.RequestUri.Query);
        foreach (var (name, values) in request.Headers)
        {
            context.Request.Headers[name] = string.Join(", ", values);
        }

        context.Request.Body = new MemoryStream(request.Content is { } content ? await content.ReadAsByteArrayAsync(cancellationToken) : []);
        var body = new MemoryStream();
        context.Response.Body = body;
        await handler(context);
        await context.Response.CompleteAsync();
        var answer = new HttpResponseMessage((System.Net.HttpStatusCode)context.Response.StatusCode) { Content = new ByteArrayContent(body.ToArray()), RequestMessage = request };
        foreach (var (name, values) in context.Response.Headers)
        {
            if (!answer.Headers.TryAddWithoutValidation(name, [.. values]))
            {
                answer.Content.Headers.TryAddWithoutValidation(name, [.. values]);
            }
        }

        return answer;
    }
}
