using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Prestage.Simulators.FunctionsHost;
using Xunit;

namespace Prestage.Tests.FunctionsHost;

/// <summary>One host and one worker for all: what a call through the local host meets.</summary>
public sealed class HttpTriggerTests(HttpTriggerTests.Fixture fixture) : IClassFixture<HttpTriggerTests.Fixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private LocalFunctionsHost Host => fixture.Host!;

    private HttpClient Http => fixture.Http!;

    [Fact]
    public async Task A_call_keeps_path_and_query_and_gets_the_host_s_headers_whatever_came()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/echo/7/a%20b?x=1&x=2&code=key");
        foreach (var (name, value) in new[]
        {
            ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Prefix", "/evil"),
            ("X-Forwarded-Proto", "https"), ("DISGUISED-HOST", "app.example"), ("x-ms-invocation-id", "forged"),
            ("Forwarded", "host=evil.example"), ("traceparent", Traceparent),
        })
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await Http.SendAsync(request, Cancel);
        var got = await JsonAsync(answer);
        var headers = got["headers"]!;

        Assert.Equal("https://app.example/api/echo/7/a%20b?x=1&x=2&code=key", got["url"]!.ToString());
        Assert.Equal("127.0.0.1", got["peer"]!.ToString());
        Assert.Equal(got["invocation"]!.ToString(), headers["x-ms-invocation-id"]!.ToString());
        Assert.Equal(Traceparent, headers["traceparent"]!.ToString());
        Assert.Null(headers["X-Forwarded-Prefix"]);
        Assert.Null(headers["Forwarded"]);
    }

    [Fact]
    public async Task A_call_s_metadata_hold_query_headers_route_values_and_the_members_of_a_JSON_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/echo/7/rest?q=1")
        {
            Content = new StringContent(
                """{"text":"a","count":2,"list":[1],"inner":{"x":true},"none":null,"Number":8}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer shown");

        using var answer = await Http.SendAsync(request, Cancel);
        var got = await JsonAsync(answer);
        var metadata = got["metadata"]!.AsObject();

        Assert.Equal(7, (int)got["number"]!);
        Assert.Contains("\"list\":[1]", got["body"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            ["Headers=…", "Number=7", """Query={"q":"1"}""", "count=2", """inner={"x":true}""", "rest=rest", "text=a"],
            metadata.Select(pair => $"{pair.Key}={(pair.Key == "Headers" ? "…" : pair.Value)}").Order(StringComparer.Ordinal));
        Assert.Equal("Bearer shown", JsonNode.Parse(metadata["Headers"]!.ToString())!["Authorization"]!.ToString());
    }

    [Fact]
    public async Task An_invocation_carries_a_trace_only_where_host_json_says_OpenTelemetry()
    {
        await using var without = await ContractHost.StartAsync(("AzureFunctionsJobHost__telemetryMode", "Default"));
        using var http = new HttpClient { BaseAddress = without.BaseUrl };

        foreach (var (client, expected) in new[] { (Http, true), (http, false) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/echo/7/rest");
            request.Headers.TryAddWithoutValidation("traceparent", Traceparent);
            using var answer = await client.SendAsync(request, Cancel);

            Assert.Equal(expected, (await JsonAsync(answer))["traceParent"]!.ToString().Length > 0);
        }
    }

    [Theory]
    [InlineData("POST", "/api/throw")]
    [InlineData("HEAD", "/api/log")]
    [InlineData("OPTIONS", "/api/log")]
    [InlineData("GET", "/api/nowhere")]
    [InlineData("GET", "/api/echo/text/x")]
    [InlineData("GET", "/Message")]
    [InlineData("GET", "/runtime/webhooks/x")]
    public async Task What_has_no_route_is_404(string method, string path)
    {
        using var request = new HttpRequestMessage(new(method), path);
        using var answer = await Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_function_that_throws_is_500_and_empty_unless_its_answer_has_begun()
    {
        using var answer = await Http.GetAsync(new Uri("/api/throw", UriKind.Relative), Cancel);
        using var late = await Http.GetAsync(new Uri("/api/throw-late", UriKind.Relative), Cancel);

        Assert.Equal(
            (HttpStatusCode.InternalServerError, string.Empty), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel)));
        Assert.Equal((HttpStatusCode.OK, "begun"), (late.StatusCode, await late.Content.ReadAsStringAsync(Cancel)));
        await Host.LoggedAsync("Executed 'Functions.Throw' (Failed, ");
    }

    [Fact]
    public async Task A_caller_that_goes_cancels_the_invocation_and_the_request()
    {
        using (var gone = new CancellationTokenSource())
        {
            var call = Http.GetAsync(new Uri("/api/wait?both=1", UriKind.Relative), gone.Token);
            await Host.LoggedAsync("waiting");
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        await Host.LoggedAsync("cancelled: invocation True, request True");
    }

    [Fact]
    public async Task What_the_worker_logs_within_an_invocation_is_the_function_s_and_its_lines_have_their_level()
    {
        using var answer = await Http.GetAsync(new Uri("/api/log", UriKind.Relative), Cancel);
        await Host.LoggedAsync("a failure of the worker");
        await Host.LoggedAsync("a line of the worker");

        Assert.Contains(Host.Log.Entries, entry => entry == new HostLogEntry("Information", "Function.Log.User", "said in /api/log"));
        Assert.Contains(
            Host.Log.Entries, entry => entry == new HostLogEntry("Information", "Host.Function.Console", "a line of the worker"));
        Assert.Contains(
            Host.Log.Entries, entry => entry == new HostLogEntry("Warning", "Host.Function.Console", "a warning of the worker"));
        Assert.Contains(Host.Log.Entries, entry => entry == new HostLogEntry("Error", "Host.Function.Console", "a failure of the worker"));
        Assert.DoesNotContain(Host.Log.Entries, entry => entry.Message.StartsWith("Application started", StringComparison.Ordinal));
        Assert.Contains(fixture.Messages, message => message.Contains("said in /api/log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_host_s_own_paths_need_its_master_key()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await AdminAsync("functions/Tick", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await AdminAsync("host/status", null));
        Assert.Equal(HttpStatusCode.OK, await AdminAsync("host/status", Host.MasterKey));
        Assert.Equal(HttpStatusCode.NotFound, await AdminAsync("functions/Nobody", Host.MasterKey));
        Assert.Equal(HttpStatusCode.Accepted, await AdminAsync("functions/Message", Host.MasterKey));

        var run = Assert.Single(await Host.PrintedAsync("Message", 1));
        Assert.Equal(("by hand", "0"), (run["value"]!.ToString(), run["metadata"]!["DequeueCount"]!.ToString()));
    }

    [Fact]
    public async Task The_worker_tells_that_it_is_well() => await Host.PingAsync(Cancel);

    private const string Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    private async Task<HttpStatusCode> AdminAsync(string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/admin/{path}");
        request.Content = new StringContent("""{"input":"by hand"}""");
        request.Headers.TryAddWithoutValidation("x-functions-key", key);
        using var answer = await Http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly WorkerMessages messages = new();

        internal LocalFunctionsHost? Host { get; private set; }

        internal HttpClient? Http { get; private set; }

        internal IEnumerable<string> Messages => messages.Texts;

        public async ValueTask InitializeAsync()
        {
            Host = await ContractHost.StartAsync(options => options with { OnWorkerMessage = messages.Add });
            Http = new() { BaseAddress = Host.BaseUrl };
        }

        public async ValueTask DisposeAsync()
        {
            Http!.Dispose();
            await Host!.DisposeAsync();
        }
    }
}
