using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Prestage.Simulators.FunctionsHost.Triggers;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Fuzz;

/// <summary>Whatever comes in by any route, the answer is a success or a problem that says what is wrong, and never 500.</summary>
public sealed class AnswerFuzz
{
    private static readonly Gen<string> Values = Gen.OneOf(
        Hostile.Text.Select(text => JsonSerializer.Serialize(text)),
        Gen.Elements("null", "true", "7", "-1", "1e400", "[]", "{}", "[[[[]]]]", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "{\"$ne\":\"\"}", "[\"a\"]", "\"aaaaaaaaaaaaaaaaaaaaaaaa\"", "\"info\"", "\"code\"", "\"anna@example.com\""));

    private static readonly string[] Members = ["nonce", "serialNumber", "identifier", "secret", "password", "osVersion", "shimVersion", "accountCreated", "secureToken", "steps", "level", "step", "code", "message"];

    private static readonly (string Name, string Value)[] Right =
    [
        ("nonce", "\"aaaaaaaaaaaaaaaaaaaaaaaa\""), ("serialNumber", "\"C02\""), ("identifier", "\"anna@example.com\""), ("secret", "\"x\""), ("password", "\"Correct-Horse-77-battery\""),
        ("accountCreated", "true"), ("secureToken", "true"), ("steps", "[{\"name\":\"a\",\"seconds\":1}]"), ("level", "\"info\""), ("step", "\"s\""), ("code", "\"c\""), ("message", "\"m\""),
    ];

    // Right but for one member or two, so that it comes as far as it can.
    private static readonly Gen<string> Objects =
        from count in Gen.Choose(0, 3)
        from changed in Gen.Zip(Gen.Elements(Members), Values).ArrayOf(count)
        select $"{{{string.Join(',', changed.Select(pair => $"\"{pair.Item1}\":{pair.Item2}").Concat(Right.Where(right => changed.All(pair => pair.Item1 != right.Name)).Select(right => $"\"{right.Name}\":{right.Value}")))}}}";

    private static readonly Gen<byte[]> Bodies = Gen.Frequency<byte[]>(
        (4, Objects.Select(Encoding.UTF8.GetBytes)), (3, Hostile.Mutated(Objects).Select(Encoding.UTF8.GetBytes)), (2, Hostile.Bytes), (1, Gen.Elements(0, 65_536, 65_537).Select(length => new byte[length])));

    private static readonly Gen<string?> MediaTypes = Gen.Frequency<string?>(
        (8, Gen.Constant<string?>("application/json")), (1, Gen.Elements<string?>(null, "text/plain", "application/json; charset=utf-7", "application/json; charset=\"", "a/b;c", "*/*")));

    // Without control characters, which the server itself refuses, before any route, and without others than ASCII, which the Functions host's proxy
    // does not pass on: its own answer is 500 and empty (Yarp.ReverseProxy, HttpForwarder).
    private static readonly Gen<string> Headers = Hostile.Mutated(Gen.OneOf(
            Gen.Constant("JumpCloud-System keyId=\"system/aaaaaaaaaaaaaaaaaaaaaaaa\",date=\"Mon, 23 Nov 2026 12:00:00 GMT\",signature=\"AAAA\""), Gen.Constant("Bearer 202611-x-y.z"), Hostile.Text))
        .Select(text => string.Concat(text.Where(c => char.IsAscii(c) && !char.IsControl(c))));

    [Fact]
    public async Task No_body_and_no_header_on_any_route_is_answered_500()
    {
        await using var backend = await Backend.StartAsync();
        backend.AddPerson(People.New());
        var routes = Routes(backend);
        Assert.InRange(routes.Count, 8, 100);
        var macs = Enumerable.Range(0, 24).Select(_ => new WireMac(backend)).ToList();
        foreach (var (mac, i) in macs.Take(8).Select((mac, i) => (mac, i)))
        {
            var person = backend.AddPerson(People.New($"person{i}"));
            (await mac.VerifyAsync(person.Email, person.EmployeeIdentifier)).IsOk();
        }

        ConcurrentBag<string> answers = [];
        using var http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 });
        await Fuzz.CheckAsync(
            // Most layers lie behind the first call of a Mac.
            from route in Gen.Frequency((3, Gen.Elements(routes.ToArray())), (1, Gen.Constant((Method: "POST", Path: "/api/verify"))))
            from body in Bodies
            from mediaType in MediaTypes
            from header in Headers
            from proof in Gen.Elements("none", "proof", "token", "header")
            from mac in Gen.Choose(0, macs.Count - 1)
            select new Attempt(route.Method, route.Path, body, mediaType, header, proof, mac),
            2400, 8, async attempt => answers.Add(
                await AnsweredAsync(http, backend, macs[attempt.Proof == "token" ? attempt.Mac % 8 : attempt.Mac], attempt)));

        macs.ForEach(mac => mac.Dispose());

        // The cases come through to every layer, and not only to the first check.
        var codes = answers.GroupBy(code => code).OrderBy(group => group.Key).Select(group => $"{group.Key} {group.Count()}");
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", codes));
        Assert.All(
            new[] { "ok", "invalid-request", "proof-missing", "token-invalid", "not-verified", "locked", "unsupported-media-type", "too-large", "wrong-state" },
            code => Assert.Contains(code, answers));
        Assert.DoesNotContain(backend.Log.Lines, line => line.Contains(": failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_query_of_an_operator_is_answered_500()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        using var http = new HttpClient { DefaultRequestHeaders = { { PortalClient.KeyHeader.Item1, PortalClient.KeyHeader.Item2 } } };
        string[] routes = ["enrollments", "enrollments.csv", "summary"];
        string[] names = ["state", "search", "from", "to", "pageSize", "continuation", "days", "x"];
        var positions = from month in Gen.Elements("202611", "000101", "999912", "20261", "x")
                        from after in Hostile.Mutated(Gen.Elements("", "s|2519ffffffffffff-aaaaaaaaaaaaaaaa"))
                        from token in Hostile.Mutated(Gen.Elements("", "a&b", "1!8!MjAyNjEx&1!8!eA--"))
                        select Convert.ToBase64String(Encoding.UTF8.GetBytes($"{month}\n{after}\n{token}")).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var texts = Gen.OneOf(Hostile.Text, positions, Gen.Elements("open", "failed", "2026-11-26", "9999-12-31T23:59:59.9999999Z", "2000-01-01T00:00:00+14:00", "1", "1000"));
        await Fuzz.CheckAsync(
            from route in Gen.Elements(routes)
            from name in Gen.Elements(names)
            from text in texts
            select $"{route}?{name}={Uri.EscapeDataString(string.Concat(text.Where(c => !char.IsSurrogate(c))))}",
            900, 8, async call =>
            {
                using var answer = await http.GetAsync(new Uri(backend.Url, $"/api/portal/{call}"), TestContext.Current.CancellationToken);
                Assert.Contains((int)answer.StatusCode, new[] { 200, 400, 414 });
            });
    }

    [Fact]
    public async Task No_path_is_answered_500()
    {
        await using var backend = await Backend.StartAsync();
        using var http = new HttpClient();
        await Fuzz.CheckAsync(Hostile.Text.Select(text => Uri.EscapeDataString(string.Concat(text.Where(c => !char.IsSurrogate(c))))), 600, 8, async text =>
        {
            foreach (var path in new[] { $"/{text}", $"/api/{text}", $"/api/enrollment?{text}" })
            {
                using var answer = await http.GetAsync(new Uri(backend.Url.AbsoluteUri.TrimEnd('/') + path), TestContext.Current.CancellationToken);
                Assert.InRange((int)answer.StatusCode, 200, 414);
            }
        });
    }

    private static async Task<string> AnsweredAsync(HttpClient http, Backend backend, WireMac mac, Attempt attempt)
    {
        // The serial number is known when the Mac is.
        attempt = attempt with { Body = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(attempt.Body).Replace("\"C02\"", $"\"{mac.SerialNumber}\"", StringComparison.Ordinal)) };
        using var request = new HttpRequestMessage(new(attempt.Method), new Uri(backend.Url, attempt.Path));
        if (attempt.Method != "GET")
        {
            request.Content = new ByteArrayContent(attempt.Body);
            if (attempt.MediaType is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", attempt.MediaType);
            }
        }

        var authorization = attempt.Proof switch
        {
            "proof" => mac.Proof(attempt.Method, attempt.Path, attempt.Body),
            "token" => $"Bearer {mac.Token}",
            "header" => attempt.Header,
            _ => null,
        };
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return "ok";
        }

        Assert.NotEqual(500, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(body)!;
        Assert.Equal((int)answer.StatusCode, (int)problem["status"]!);
        Assert.Equal($"urn:prestage:problem:{problem["code"]}", problem["type"]!.ToString());
        Assert.Equal((int)answer.StatusCode is 429 or 503, answer.Headers.RetryAfter is not null);
        return problem["code"]!.ToString();
    }

    // Of every route, also of those that come later.
    private static List<(string Method, string Path)> Routes(Backend backend) =>
    [
        .. backend.Functions.OfType<HttpTrigger>().SelectMany(function => function.Methods
            .Select(method => (method, $"/{function.Route.Replace("{", "x", StringComparison.Ordinal).Replace("}", "x", StringComparison.Ordinal)}"))),
    ];

    private sealed record Attempt(string Method, string Path, byte[] Body, string? MediaType, string Header, string Proof, int Mac)
    {
        public override string ToString() => $"{Method} {Path} {MediaType} {Proof} {Header} {Convert.ToBase64String(Body)}";
    }
}
