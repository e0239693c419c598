using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Prestage.ContractWorker;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.Processes;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.FunctionsHost;

/// <summary>The backend's pipeline around functions that do what they should not, below the host.</summary>
public sealed class CallPipelineTests(CallPipelineTests.Fixture fixture) : IClassFixture<CallPipelineTests.Fixture>
{
    private const string Good = """{"nonce":"aaaaaaaaaaaaaaaaaaaaaaaa","serialNumber":"C02","identifier":"a@b.c","secret":"x"}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failure_is_a_problem_and_the_invocation_succeeds()
    {
        var (status, body) = await GetAsync("/api/throw");

        Assert.Equal((HttpStatusCode.InternalServerError, "internal"), (status, body!["code"]!.ToString()));
        await fixture.Host!.LoggedAsync("Executed 'Functions.Throw' (Succeeded, ");
        await fixture.Host!.LoggedAsync($"/api/throw: failed, trace {body["traceId"]}");
        await fixture.Host!.LoggedAsync("GET /api/throw answered 500 in ");
    }

    [Theory]
    [InlineData("/api/nothing", "Nothing gave nothing instead of an IResult.")]
    [InlineData("/api/text", "Text gave String instead of an IResult.")]
    public async Task A_function_without_an_answer_is_a_failure_not_an_empty_success(string path, string logged)
    {
        var (status, body) = await GetAsync(path);

        Assert.Equal((HttpStatusCode.InternalServerError, "internal"), (status, body!["code"]!.ToString()));
        await fixture.Host!.UntilAsync(() => fixture.Messages.Any(message => message.Contains(logged, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_answer_is_written_once_and_never_sent_to_the_host()
    {
        var (status, body) = await GetAsync("/api/secret?part=7f3a");

        Assert.Equal((HttpStatusCode.OK, "canary-7f3a"), (status, body!["secret"]!.ToString()));
        await fixture.Host!.LoggedAsync("Executed 'Functions.Secret' (Succeeded, ");
        Assert.DoesNotContain(fixture.Messages, message => message.Contains("canary", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Good, "application/json", 204, null, null)]
    [InlineData(Good, "text/plain", 415, "unsupported-media-type", "Content-Type")]
    [InlineData("{", "application/json", 400, "invalid-request", "body")]
    [InlineData("", "application/json", 400, "invalid-request", "body")]
    [InlineData("""{"serialNumber":7}""", "application/json", 400, "invalid-request", "serialNumber")]
    public async Task A_body_is_checked_before_anything_else(string text, string mediaType, int expected, string? code, string? field)
    {
        var (status, body) = await PostAsync(new StringContent(text, Encoding.UTF8, mediaType));

        Assert.Equal((expected, code, field), ((int)status, body?["code"]?.ToString(), body?["field"]?.ToString()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_64_KiB_is_too_large_also_when_its_length_is_not_given(bool chunked)
    {
        var bytes = new byte[(64 * 1024) + 1];
        using HttpContent content = chunked ? new StreamContent(new MemoryStream(bytes)) : new ByteArrayContent(bytes);
        content.Headers.ContentType = new("application/json");
        var (status, body) = await PostAsync(content, chunked);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too-large"), (status, body!["code"]!.ToString()));
    }

    [Fact]
    public async Task A_call_over_its_time_limit_is_answered_503()
    {
        var (status, body) = await GetAsync("/api/patient");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (status, body!["code"]!.ToString()));
        await fixture.Host!.LoggedAsync("/api/patient: not done within Hosting__CallLimit (00:00:03)");
    }

    [Fact]
    public async Task A_caller_that_goes_is_no_failure()
    {
        await using var host = await Fixture.StartAsync((ContractApplication.CallLimit, "00:10:00"));
        using var http = new HttpClient { BaseAddress = host.BaseUrl };
        using (var gone = new CancellationTokenSource())
        {
            var call = http.GetAsync(new Uri("/api/patient", UriKind.Relative), gone.Token);
            await host.LoggedAsync("patient");
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        await host.LoggedAsync("no longer patient");
        await host.LoggedAsync("/api/patient: the caller has gone away");
        await host.LoggedAsync("GET /api/patient answered 499");
        Assert.DoesNotContain(host.Log.Entries, entry => entry.Message.Contains(": failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_host_s_cancellation_ends_a_call_too()
    {
        await using var host = await ContractHost.StartAsync(
            options => options with { CancellationGrace = TimeSpan.FromMinutes(1) },
            (ContractApplication.CallLimit, "00:10:00"), ("AzureFunctionsJobHost__functionTimeout", "00:00:02"));
        using var http = new HttpClient { BaseAddress = host.BaseUrl };
        await host.AnsweredAsync(http);

        using var answer = await http.GetAsync(new Uri("/api/patient", UriKind.Relative), Cancel);

        Assert.Equal(499, (int)answer.StatusCode);
        Assert.Equal(1, host.WorkerStarts);
    }

    [Fact]
    public async Task A_message_in_work_is_finished_by_a_worker_that_gets_SIGTERM()
    {
        var account = await AzuriteFixture.NewAccountAsync();
        var queue = await ContractHost.QueueAsync(account);
        await queue.SendMessageAsync("slow", Cancel);
        await using var host = await Fixture.StartAsync(("AzureWebJobsStorage", account));
        using var http = new HttpClient { BaseAddress = host.BaseUrl };
        var worker = JsonNode.Parse(await http.GetStringAsync(new Uri("/api/echo/1/x", UriKind.Relative), Cancel))!["process"]!;
        await host.PrintedAsync("Message", 1);

        await using var kill = ChildProcess.Start(new("kill", "-TERM", $"{worker}"));

        Assert.Equal(0, await host.Worker.Exited.WaitAsync(TimeSpan.FromMinutes(1), Cancel));
        await host.LoggedAsync("Executed 'Functions.Message' (Succeeded, ");
        Assert.Single(host.Printed("Done"));
        await host.LoggedAsync("Message ended (succeeded) in ");
        await host.UntilAsync(async () => (await queue.GetPropertiesAsync(Cancel)).Value.ApproximateMessagesCount == 0);
    }

    private async Task<(HttpStatusCode Status, JsonNode? Body)> GetAsync(string path)
    {
        using var answer = await fixture.Http!.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        return await ReadAsync(answer);
    }

    private async Task<(HttpStatusCode Status, JsonNode? Body)> PostAsync(HttpContent content, bool chunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/body") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        using var answer = await fixture.Http!.SendAsync(request, Cancel);
        return await ReadAsync(answer);
    }

    private static async Task<(HttpStatusCode Status, JsonNode? Body)> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly WorkerMessages messages = new();

        internal LocalFunctionsHost? Host { get; private set; }

        internal HttpClient? Http { get; private set; }

        internal IEnumerable<string> Messages => messages.Texts;

        public async ValueTask InitializeAsync()
        {
            Host = await ContractHost.StartAsync(
                options => options with { OnWorkerMessage = messages.Add }, (ContractApplication.CallLimit, "00:00:03"));
            Http = new() { BaseAddress = Host.BaseUrl };
        }

        internal static Task<LocalFunctionsHost> StartAsync(params (string Name, string? Value)[] settings) =>
            ContractHost.StartAsync([(ContractApplication.CallLimit, "00:01:00"), .. settings]);

        public async ValueTask DisposeAsync()
        {
            Http!.Dispose();
            await Host!.DisposeAsync();
        }
    }
}
