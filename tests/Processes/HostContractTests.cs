using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Prestage.Simulators;
using Prestage.Simulators.FunctionsHost;
using Xunit;

namespace Prestage.Tests.Processes;

/// <summary>
/// The simulated host against what azure-functions-host v4 does, with a handler that does all that ours does not: silence, text, an end with 0.
/// </summary>
public sealed class HostContractTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prestage-host-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Object", true, "a line of the handler")]
    [InlineData("Nothing", false, "timeout of 00:00:02")]
    [InlineData("Text", false, "no JSON object")]
    [InlineData("Refusal", false, "400")]
    public async Task A_trigger_s_call_succeeds_with_2xx_and_a_JSON_object_and_hangs_with_nothing(string function, bool succeeds, string told)
    {
        // Only silence may come to the end of this time, however slow the machine.
        await using var host = await StartAsync(("AzureFunctionsJobHost__functionTimeout", function == "Nothing" ? "00:00:02" : "00:10:00"));

        Assert.Equal(succeeds, await host.RunAsync(function, "input"));
        Assert.Contains(host.Log.Entries, entry => entry.Message.Contains(told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_timer_fires_by_its_schedule_and_tells_of_the_run_before()
    {
        Write("Often", new JsonObject { ["type"] = "timerTrigger", ["direction"] = "in", ["name"] = "timer", ["schedule"] = "* * * * * *" });
        await using var host = await StartAsync();

        while (host.Log.Entries.Count(entry => entry.Message.StartsWith("Executed 'Functions.Often' (Succeeded,", StringComparison.Ordinal)) < 3)
        {
            await Task.Delay(20, Cancel);
        }

        var runs = host.Log.HandlerLines.Select(line => JsonNode.Parse(line)!).Where(line => line["url"]?.ToString() == "/Often")
            .Select(line => JsonNode.Parse(line["body"]!.ToString())!)
            .Select(envelope => (
                At: DateTimeOffset.Parse(envelope["Metadata"]!["sys"]!["UtcNow"]!.ToString(), CultureInfo.InvariantCulture),
                Status: envelope["Data"]!["timer"]!["ScheduleStatus"]))
            .ToList();
        Assert.Null(runs[0].Status);
        Assert.All(runs.Zip(runs.Skip(1)), pair =>
        {
            var (before, run) = (pair.First, pair.Second);
            Assert.True(run.At.ToUnixTimeSeconds() > before.At.ToUnixTimeSeconds(), $"{before.At:O} and {run.At:O} are one time of the schedule");
            Assert.Equal(before.At.ToUnixTimeSeconds(), DateTimeOffset.Parse(run.Status!["Last"]!.ToString(), CultureInfo.InvariantCulture).ToUnixTimeSeconds());
        });
        Assert.DoesNotContain(host.Log.HandlerLines, line => line.Contains("\"/Object\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_handler_gets_the_host_s_variables_and_every_app_setting()
    {
        await using var host = await StartAsync(("FUNCTIONS_OF_OURS", "a setting"));
        Assert.True(await host.Handler.WaitAsync(Cancel));
        var environment = (await HandlerSaysAsync(host, line => line["environment"] is not null))["environment"]!;

        Assert.Equal($"{host.Handler.Address.Port}", environment["FUNCTIONS_CUSTOMHANDLER_PORT"]!.ToString());
        Assert.Equal($"{host.Handler.Address.Port}", environment["FUNCTIONS_HTTPWORKER_PORT"]!.ToString());
        Assert.Equal(environment["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"]!.ToString(), environment["FUNCTIONS_HTTPWORKER_ID"]!.ToString());
        Assert.Equal(folder, environment["FUNCTIONS_APP_ROOT_PATH"]!.ToString());
        Assert.Equal("a setting", environment["FUNCTIONS_OF_OURS"]!.ToString());
    }

    [Fact]
    public async Task A_proxied_call_keeps_path_and_query_and_gets_the_host_s_headers_whatever_came()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.BaseUrl };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/any/a%20b?x=1&x=2&code=key");
        foreach (var (name, value) in new[]
        {
            ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Prefix", "/evil"), ("X-Forwarded-Proto", "https"),
            ("DISGUISED-HOST", "app.example"), ("x-ms-invocation-id", "forged"), ("X-Azure-Functions-InvocationId", "forged"),
        })
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await http.SendAsync(request, Cancel);
        var got = await HandlerSaysAsync(host, line => line["url"] is { } url && url.ToString() != "/");
        var headers = got["headers"]!;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("/api/any/a%20b?x=1&x=2&code=key", got["url"]!.ToString());
        Assert.Equal(host.Handler.Address.Authority, headers["host"]!.ToString());
        Assert.Equal("127.0.0.1", headers["x-forwarded-for"]!.ToString());
        Assert.Equal("app.example", headers["x-forwarded-host"]!.ToString());
        Assert.Equal("https", headers["x-forwarded-proto"]!.ToString());
        Assert.Null(headers["x-forwarded-prefix"]);
        Assert.Equal(headers["x-ms-invocation-id"]!.ToString(), headers["x-azure-functions-invocationid"]!.ToString());
        Assert.NotEqual("forged", headers["x-ms-invocation-id"]!.ToString());
    }

    [Fact]
    public async Task An_exchange_without_a_byte_is_ended()
    {
        await using var host = await StartAsync(TimeSpan.FromSeconds(1));
        using var http = new HttpClient { BaseAddress = host.BaseUrl };

        using var answer = await http.GetAsync(new Uri("/api/slow", UriKind.Relative), Cancel);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_over_the_host_s_limit_is_refused()
    {
        await using var host = await StartAsync(("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "1000"));
        using var http = new HttpClient { BaseAddress = host.BaseUrl };

        using var small = await http.PostAsync(new Uri("/api/any/small", UriKind.Relative), new ByteArrayContent(new byte[1000]), Cancel);
        using var large = await http.PostAsync(new Uri("/api/any/large", UriKind.Relative), new ByteArrayContent(new byte[1001]), Cancel);

        Assert.Equal(HttpStatusCode.OK, small.StatusCode);
        Assert.InRange((int)large.StatusCode, 400, 499);
    }

    [Fact]
    public async Task A_handler_that_ends_with_0_is_not_started_again()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.BaseUrl };

        using var last = await http.GetAsync(new Uri("/api/end", UriKind.Relative), Cancel);
        while (!host.Handler.HasStopped)
        {
            await Task.Delay(5, Cancel);
        }

        using var later = await http.GetAsync(new Uri("/api/any/x", UriKind.Relative), Cancel);
        Assert.Equal((HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable, 1), (last.StatusCode, later.StatusCode, host.Handler.Starts));
    }

    [Fact]
    public async Task A_function_that_is_switched_off_has_no_route_and_can_be_run_by_hand()
    {
        await using var host = await StartAsync(("AzureWebJobs.Slow.Disabled", "true"), ("AzureWebJobs.Object.Disabled", "true"));
        using var http = new HttpClient { BaseAddress = host.BaseUrl };

        using var answer = await http.GetAsync(new Uri("/api/slow", UriKind.Relative), Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.True(await host.RunAsync("Object", "input"));
    }

    [Fact]
    public async Task A_queue_without_the_extension_bundle_and_a_route_of_the_host_s_own_are_refused()
    {
        Write("Queue", new JsonObject { ["type"] = "queueTrigger", ["direction"] = "in", ["name"] = "message", ["queueName"] = "things" });
        Assert.Contains("extension bundle", (await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync())).Message, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(folder, "Queue"), recursive: true);

        Write("Own", Http("admin/things"), new JsonObject { ["type"] = "http", ["direction"] = "out", ["name"] = "response" });
        Assert.Contains("the host's own", (await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync())).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // The line comes by a pipe, and the answer that follows it may be faster.
    private static async Task<JsonNode> HandlerSaysAsync(SimulatedFunctionsHost host, Func<JsonNode, bool> wanted)
    {
        while (true)
        {
            if (host.Log.HandlerLines.Select(line => JsonNode.Parse(line)!).FirstOrDefault(wanted) is { } said)
            {
                return said;
            }

            await Task.Delay(10, Cancel);
        }
    }

    private Task<SimulatedFunctionsHost> StartAsync(params (string Name, string Value)[] settings) => StartAsync(null, settings);

    private async Task<SimulatedFunctionsHost> StartAsync(TimeSpan? activity, params (string Name, string Value)[] settings)
    {
        var script = Path.Combine(Repository.Root, "tests/Processes/contract-handler.js");
        var host = new JsonObject
        {
            ["version"] = "2.0",
            ["extensions"] = new JsonObject { ["http"] = new JsonObject { ["routePrefix"] = string.Empty } },
            ["customHandler"] = new JsonObject
            {
                ["enableProxyingHttpRequest"] = true,
                ["initializationTimeout"] = "00:02:00",
                ["description"] = new JsonObject { ["defaultExecutablePath"] = "node", ["arguments"] = new JsonArray(script) },
            },
        };
        await File.WriteAllTextAsync(Path.Combine(folder, "host.json"), host.ToJsonString(), Cancel);
        foreach (var name in new[] { "Nothing", "Text", "Refusal", "Object" })
        {
            Write(name, new JsonObject { ["type"] = "timerTrigger", ["direction"] = "in", ["name"] = "timer", ["schedule"] = "0 0 0 1 1 *" });
        }

        foreach (var (name, route) in new[] { ("Slow", "api/slow"), ("End", "api/end"), ("Any", "api/any/{*path}") })
        {
            Write(name, Http(route), new JsonObject { ["type"] = "http", ["direction"] = "out", ["name"] = "response" });
        }

        return await SimulatedFunctionsHost.StartAsync(
            folder, settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value), activity: activity, cancellationToken: Cancel);
    }

    private static JsonObject Http(string route) => new()
    {
        ["type"] = "httpTrigger",
        ["direction"] = "in",
        ["name"] = "request",
        ["authLevel"] = "anonymous",
        ["route"] = route,
    };

    private void Write(string function, params JsonObject[] bindings)
    {
        Directory.CreateDirectory(Path.Combine(folder, function));
        File.WriteAllText(Path.Combine(folder, function, "function.json"), new JsonObject { ["bindings"] = new JsonArray([.. bindings]) }.ToJsonString());
    }
}
