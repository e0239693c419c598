using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Prestage.Simulators.FunctionsHost;
using Xunit;

namespace Prestage.Tests.FunctionsHost;

/// <summary>The backend's pipeline around functions that do what they should not, below the host.</summary>
public sealed class CallPipelineTests(CallPipelineTests.Fixture fixture) : IClassFixture<CallPipelineTests.Fixture>
{
    private const string Good = """{"nonce":"aaaaaaaaaaaaaaaaaaaaaaaa","serialNumber":"C02","identifier":"a@b.c","secret":"x"}""";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failure_is_a_problem_and_the_invocation_succeeds()
    {
        var (status, body) = await GetAsync("/api/health?act=throw");

        Assert.Equal((HttpStatusCode.InternalServerError, "internal"), (status, body!["code"]!.ToString()));
        await fixture.Backend.Host.LoggedAsync("Executed 'Functions.Health' (Succeeded, ");
        await fixture.Backend.LoggedAsync($"/api/health: failed, trace {body["traceId"]}");
        await fixture.Backend.LoggedAsync("GET /api/health answered 500 in ");
    }

    [Theory]
    [InlineData("/api/health?act=nothing", "Health gave nothing instead of an IResult.")]
    [InlineData("/api/health?act=text", "Health gave String instead of an IResult.")]
    public async Task A_function_without_an_answer_is_a_failure_not_an_empty_success(string path, string logged)
    {
        var (status, body) = await GetAsync(path);

        Assert.Equal((HttpStatusCode.InternalServerError, "internal"), (status, body!["code"]!.ToString()));
        await fixture.Backend.LoggedAsync(logged);
    }

    [Fact]
    public async Task An_answer_is_written_once_and_never_sent_to_the_host()
    {
        var (status, body) = await GetAsync("/api/health?act=secret&part=7f3a");

        Assert.Equal((HttpStatusCode.OK, "canary-7f3a"), (status, body!["secret"]!.ToString()));
        await fixture.Backend.Host.LoggedAsync("Executed 'Functions.Health' (Succeeded, ");
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
        var (status, body) = await GetAsync("/api/health?act=wait");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (status, body!["code"]!.ToString()));
        await fixture.Backend.LoggedAsync("/api/health: not done within Hosting__CallLimit (00:00:03)");
    }

    [Fact]
    public async Task A_caller_that_goes_is_no_failure()
    {
        await using var backend = await InProcessBackend.StartAsync(options => options, ("Hosting:CallLimit", "00:03:00"));
        using (var gone = new CancellationTokenSource())
        {
            var call = backend.Http.GetAsync(new Uri("/api/health?act=wait", UriKind.Relative), gone.Token);
            await backend.Replaced.Waiting.WaitAsync(Limit, Cancel);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        await backend.Replaced.Cancelled.WaitAsync(Limit, Cancel);
        await backend.LoggedAsync("/api/health: the caller has gone away");
        await backend.LoggedAsync("GET /api/health answered 499");
        Assert.DoesNotContain(backend.Log.Lines, line => line.Contains(": failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_host_s_cancellation_ends_a_call_too()
    {
        await using var backend = await InProcessBackend.StartAsync(
            options => options with { CancellationGrace = TimeSpan.FromMinutes(1) },
            ("Hosting:CallLimit", "00:03:00"), ("AzureFunctionsJobHost__functionTimeout", "00:00:02"));
        await backend.Host.AnsweredAsync(backend.Http, "/api/health");

        using var answer = await backend.Http.GetAsync(new Uri("/api/health?act=wait", UriKind.Relative), Cancel);

        Assert.Equal(499, (int)answer.StatusCode);
        Assert.Equal(1, backend.Host.WorkerStarts);
    }

    private async Task<(HttpStatusCode Status, JsonNode? Body)> GetAsync(string path)
    {
        using var answer = await fixture.Backend.Http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        return await ReadAsync(answer);
    }

    private async Task<(HttpStatusCode Status, JsonNode? Body)> PostAsync(HttpContent content, bool chunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/verify?act=body") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        using var answer = await fixture.Backend.Http.SendAsync(request, Cancel);
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
        private InProcessBackend? backend;

        internal InProcessBackend Backend => backend!;

        internal IEnumerable<string> Messages => messages.Texts;

        public async ValueTask InitializeAsync() => backend = await InProcessBackend.StartAsync(
            options => options with { OnWorkerMessage = messages.Add }, ("Hosting:CallLimit", "00:00:03"));

        public ValueTask DisposeAsync() => Backend.DisposeAsync();
    }
}
