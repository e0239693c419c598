using System.Text.RegularExpressions;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Hosting;

/// <summary>The Functions host's id of a call in the program's lines, by which both logs are joined.</summary>
public sealed partial class InvocationTests
{
    private const string Forged = "6a3c2d0e-7c55-4d2b-a6d2-0a1d9a0c4f11";

    [Fact]
    public async Task A_call_s_line_has_the_id_that_the_host_gave_it_whatever_the_caller_sends()
    {
        await using var backend = await Backend.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(backend.Url, "/api/health"));
        request.Headers.Add("X-Azure-Functions-InvocationId", Forged);
        request.Headers.Add("x-ms-invocation-id", Forged);

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.EnsureSuccessStatusCode();
        var line = await backend.LineOfAsync("GET /api/health");
        Assert.Matches(Invocation(), line);
        Assert.DoesNotContain(Forged, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_line_of_a_failure_has_it_too()
    {
        await using var backend = await Backend.StartAsync(byHand: true);

        Assert.False(await backend.FinishAsync("no message", 1));

        Assert.Contains(
            backend.Log.Lines, line => line.Contains("Finish: failed, trace ", StringComparison.Ordinal) && Invocation().IsMatch(line));
    }

    [GeneratedRegex(", invocation [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b")]
    private static partial Regex Invocation();
}
