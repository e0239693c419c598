using System.Text.Json.Nodes;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Health;

/// <summary>What an operator sees of the dependencies, and what the log tells of them.</summary>
internal static class HealthPage
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Settings with the portal's key and a watch that looks as often as it can.</summary>
    public static Dictionary<string, string?> Watched(params (string Name, string Value)[] more) => PortalClient.WithKey([("Hosting:WatchEvery", "00:00:01"), .. more]);

    /// <summary>GET /api/portal/health.</summary>
    public static async Task<JsonNode> HealthAsync(this Backend backend) => (await new PortalClient(backend).GetAsync("health")).IsOk().Json;

    /// <summary>One dependency of the page.</summary>
    public static JsonNode? Dependency(this JsonNode page, string name) =>
        page["dependencies"]!.AsArray().SingleOrDefault(each => each!["name"]!.ToString() == name);

    /// <summary>Asks until the dependency has the code; answers the page.</summary>
    public static Task<JsonNode> UntilAsync(this Backend backend, string name, string code) => Wait.ForAsync(
        async () => await backend.HealthAsync() is var page && page.Dependency(name)?["code"]?.ToString() == code ? page : null,
        () => $"{name} is {code}",
        pause: Pause);

    /// <summary>The log's lines about what is wrong with a dependency.</summary>
    public static IReadOnlyList<string> Told(this Backend backend, string name, string code) =>
        [.. backend.Log.Lines.Where(line => line.Contains($"Dependency {name} is ", StringComparison.Ordinal) && line.Contains($"({code})", StringComparison.Ordinal))];

    /// <summary>Asserts that the page says what is wrong and what to do, and that the log has said it, once.</summary>
    public static void Says(this Backend backend, JsonNode page, string name, string status, string code, string detail, string remedy)
    {
        var found = page.Dependency(name)!;
        Assert.Equal((status, code), (found["status"]!.ToString(), found["code"]!.ToString()));
        Assert.Contains(detail, found["detail"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains(remedy, found["remedy"]!.ToString(), StringComparison.Ordinal);
        var line = Assert.Single(backend.Told(name, code));
        Assert.StartsWith(status == "down" ? "Error" : "Warning", line, StringComparison.Ordinal);
        Assert.Contains(remedy, line, StringComparison.Ordinal);
    }

    /// <summary>Verifies until it is let in, as the Mac does on 503; every refusal must be one that says when to come again.</summary>
    public static Task UntilVerifiedAsync(this WireMac mac, string identifier, string? secret) => Wait.ForAsync(
        async () =>
        {
            var reply = await mac.VerifyAsync(identifier, secret);
            if ((int)reply.Status == 200)
            {
                return reply;
            }

            // A try that the outage left behind is pending for a while.
            Assert.Contains((int)reply.Status, (int[])[429, 503]);
            Assert.Contains("Retry-After", reply.Headers.Keys);
            return null;
        },
        pause: Pause);
}
