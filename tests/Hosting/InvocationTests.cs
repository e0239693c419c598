using System.Net;
using System.Text;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Hosting;

/// <summary>The Functions host's id of a call in the program's lines, by which both logs are joined.</summary>
public sealed class InvocationTests
{
    private const string Id = "6a3c2d0e-7c55-4d2b-a6d2-0a1d9a0c4f11";

    [Theory]
    [InlineData(true, Id, Id)]
    [InlineData(true, "forged, or of another form", "none")]
    [InlineData(true, null, "none")]
    [InlineData(false, Id, "none")]
    public async Task A_call_s_line_has_it_where_a_host_above_gave_one(bool hosted, string? header, string told)
    {
        await using var backend = await Backend.StartAsync(hosted: hosted);

        Assert.Equal(HttpStatusCode.OK, await SendAsync(backend, HttpMethod.Get, "/api/health", header));

        Assert.EndsWith($", invocation {told}", (await backend.LineOfAsync("GET /api/health")).TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_line_of_a_failure_has_it_too()
    {
        await using var backend = await Backend.StartAsync(hosted: true);

        Assert.Equal(HttpStatusCode.InternalServerError, await SendAsync(backend, HttpMethod.Post, "/Finish", Id));

        Assert.Contains(backend.Log.Lines, line => line.Contains("/Finish: failed, trace ", StringComparison.Ordinal) && line.Contains($", invocation {Id}", StringComparison.Ordinal));
    }

    private static async Task<HttpStatusCode> SendAsync(Backend backend, HttpMethod method, string path, string? id)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(backend.Url, path));
        request.Headers.TryAddWithoutValidation("User-Agent", "Azure-Functions-Host/4.1052.100");
        if (id is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Azure-Functions-InvocationId", id);
        }

        request.Content = method == HttpMethod.Post ? new StringContent("{}", Encoding.UTF8, "application/json") : null;
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
