using System.Net;
using System.Text;
using Prestage.Tests.Activate;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Hosting;

public sealed class BodyTests
{
    private const string Good = "\"nonce\":\"aaaaaaaaaaaaaaaaaaaaaaaa\",\"serialNumber\":\"C02\",\"identifier\":\"a@b.c\",\"secret\":\"x\"";

    public static TheoryData<string, string> WrongBodies => new()
    {
        { "", "body" },
        { "not json", "body" },
        { "[]", "body" },
        { "null", "body" },
        { "{", "body" },
        { "{} {}", "body" },
        { "\"text\"", "body" },
        { "{}", "nonce" },
        { $"{{{Good.Replace("aaaa\"", "a a\"", StringComparison.Ordinal)}}}", "nonce" },
        { $"{{{Good.Replace("\"C02\"", "7", StringComparison.Ordinal)}}}", "serialNumber" },
        { $"{{{Good.Replace("\"C02\"", "\"  \"", StringComparison.Ordinal)}}}", "serialNumber" },
        { $"{{{Good.Replace("\"a@b.c\"", "null", StringComparison.Ordinal)}}}", "identifier" },
        { $"{{{Good.Replace("\"a@b.c\"", "[\"a\"]", StringComparison.Ordinal)}}}", "identifier" },
        { $"{{{Good.Replace("\"a@b.c\"", "{\"$ne\":\"\"}", StringComparison.Ordinal)}}}", "identifier" },
        { $"{{{Good.Replace("a@b.c", "a\\u0000b", StringComparison.Ordinal)}}}", "identifier" },
        { $"{{{Good.Replace("a@b.c", new string('a', 257), StringComparison.Ordinal)}}}", "identifier" },
        { $"{{{Good.Replace("\"x\"", "7", StringComparison.Ordinal)}}}", "secret" },
        { $"{{{Good.Replace("\"x\"", "\"\"", StringComparison.Ordinal)}}}", "secret" },
        { $"{{{Good},\"identifier\":\"other\"}}", "identifier" },
        { $"{{{Good.Replace("a@b.c", "\\ud800", StringComparison.Ordinal)}}}", "identifier" },
    };

    [Theory]
    [MemberData(nameof(WrongBodies))]
    public async Task A_wrong_body_is_answered_400_with_its_field_and_nothing_is_written(string body, string field)
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);
        var bytes = Encoding.UTF8.GetBytes(body);

        var reply = await mac.SendAsync(HttpMethod.Post, "/api/verify", bytes, mac.Proof("POST", "/api/verify", bytes));

        Assert.Equal(field, reply.IsProblem(400, "invalid-request").Text("field"));
        Assert.Empty(backend.JumpCloud.Journal.Requests);
        foreach (var table in new[] { "Enrollments", "Devices", "Attempts", "Proofs" })
        {
            Assert.Empty(await backend.RowsAsync(table));
        }
    }

    [Fact]
    public async Task An_unknown_member_is_ignored()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);

        var reply = await mac.WithProofAsync(
            "/api/verify", new { nonce = WireMac.Nonce(), serialNumber = mac.SerialNumber, identifier = "a@b.c", secret = "x", colour = "blue" });

        reply.IsProblem(403, "not-verified");
    }

    [Fact]
    public async Task A_body_of_more_than_64_KiB_is_too_large_also_when_its_length_is_not_told()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);
        var large = Encoding.UTF8.GetBytes($"{{{Good},\"filler\":\"{new string('x', 65_536)}\"}}");
        (await mac.SendAsync(HttpMethod.Post, "/api/verify", large, mac.Proof("POST", "/api/verify", large))).IsProblem(413, "too-large");

        using var http = new HttpClient();
        using var chunked = new HttpRequestMessage(HttpMethod.Post, new Uri(backend.Url, "/api/verify"))
        {
            Headers = { TransferEncodingChunked = true },
            Content = new StreamContent(new MemoryStream(large)) { Headers = { ContentType = new("application/json") } },
        };
        using var answer = await http.SendAsync(chunked, TestContext.Current.CancellationToken);
        Assert.Equal(413, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Only_JSON_is_taken(string? mediaType)
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);

        (await mac.SendAsync(HttpMethod.Post, "/api/verify", Encoding.UTF8.GetBytes($"{{{Good}}}"), null, mediaType))
            .IsProblem(415, "unsupported-media-type");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"password\":\"\"}")]
    [InlineData("{\"password\":7}")]
    [InlineData("{\"password\":null}")]
    [InlineData("{\"password\":\"with\\nnewline-Aa1\"}")]
    public async Task A_wrong_password_member_is_named_and_its_text_is_not_told(string body)
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());

        var reply = await mac.SendAsync(HttpMethod.Post, "/api/activate", Encoding.UTF8.GetBytes(body), $"Bearer {mac.Token}");

        Assert.Equal("password", reply.IsProblem(400, "invalid-request").Text("field"));
        Assert.DoesNotContain("newline", reply.Body, StringComparison.Ordinal);
        Assert.Equal(0, backend.JumpCloud.Journal.Count("PUT", "/api/systemusers/*"));
    }

    [Fact]
    public async Task A_password_of_512_bytes_is_refused_and_one_of_511_is_passed_on()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        var longest = "Aa1-" + string.Concat(Enumerable.Repeat("é", 253)) + "x";

        Assert.Equal("password", (await mac.ActivateAsync(longest + "y")).IsProblem(400, "invalid-request").Text("field"));
        await mac.ActivateAsync(longest);

        Assert.Equal(1, backend.JumpCloud.Journal.Count("PUT", "/api/systemusers/*"));
    }

    [Theory]
    [InlineData("GET", "/api/verify")]
    [InlineData("POST", "/api/nothing")]
    [InlineData("GET", "/nothing")]
    [InlineData("DELETE", "/api/enrollment")]
    public async Task What_has_no_route_is_the_host_s_404(string method, string path)
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);

        var reply = await mac.SendAsync(new(method), path, null, null);

        Assert.Equal((HttpStatusCode.NotFound, string.Empty), (reply.Status, reply.Body));
        Assert.DoesNotContain(backend.Log.Lines, line => line.Contains($"{path} answered", StringComparison.Ordinal));
    }

    // As many as the host's server takes; the host adds some of its own.
    [Fact]
    public async Task All_headers_that_the_host_lets_in_are_taken()
    {
        await using var backend = await Backend.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(backend.Url, "/api/health"));
        request.Headers.TryAddWithoutValidation("X-Fill", new string('x', 32_650));

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task The_trace_id_of_a_problem_finds_its_line_in_the_log()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);

        var traceId = (await mac.EnrollmentAsync()).IsProblem(401, "token-invalid").Text("traceId")!;

        Assert.Contains(backend.Log.Lines, line => line.Contains(traceId, StringComparison.Ordinal) && line.Contains("/api/enrollment", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Health_answers_without_a_proof_to_GET_and_HEAD_and_is_stored_nowhere()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);

        var get = (await mac.SendAsync(HttpMethod.Get, "/api/health", null, null)).IsOk();
        var head = (await mac.SendAsync(HttpMethod.Head, "/api/health", null, null)).IsOk();

        Assert.Equal("ok", get.Text("status"));
        Assert.Equal(string.Empty, head.Body);
        Assert.Equal(("no-store", "no-store"), (get.Headers["Cache-Control"], head.Headers["Cache-Control"]));
    }
}
