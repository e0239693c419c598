using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Prestage.Tests.Support;

/// <summary>A call as something between its two ends passes it on: as it is, but for what belongs to one connection.</summary>
internal static class PassedCall
{
    /// <summary>The same call to the service.</summary>
    public static async Task<HttpRequestMessage> CopyAsync(HttpRequest request, Uri service, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var copy = new HttpRequestMessage(new(request.Method), $"{service.GetLeftPart(UriPartial.Authority)}{target}")
        {
            Content = body.Length == 0 && request.Method == "GET" ? null : new ByteArrayContent(body.ToArray()),
        };
        foreach (var (name, values) in request.Headers.Where(header => header.Key is not ("Host" or "Connection" or "Transfer-Encoding" or "Expect")))
        {
            if (!copy.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                copy.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return copy;
    }

    /// <summary>Status and headers of the service's answer; its body is the caller's to write.</summary>
    public static void CopyHead(HttpResponseMessage answer, HttpResponse response)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not ("Connection" or "Keep-Alive" or "Transfer-Encoding")))
        {
            response.Headers[name] = values.ToArray();
        }
    }
}
