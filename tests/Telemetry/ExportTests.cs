using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Prestage.Simulators.JumpCloud;
using Prestage.Simulators.Loopback;
using Prestage.Simulators.Sandbox;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Telemetry;

/// <summary>What leaves the program by OTLP.</summary>
[Collection(Alone.Name)]
public sealed class ExportTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_whole_enrollment_is_exported_and_names_nobody()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var backend = await Backend.StartAsync(PortalClient.WithKey([("Identity:Proof", "passcode"), .. To(receiver)]));
        var anna = backend.AddPerson(People.New());
        var passcode = await new PortalClient(backend).PasscodeAsync(new { userId = anna.Id });
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified");
        (await mac.VerifyAsync(anna.Email, passcode)).IsOk();
        (await mac.ActivateAsync(People.Password)).IsOk();
        (await mac.AssociateAsync()).IsOk();
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        await mac.UntilAsync("completed");
        foreach (var path in new[] { $"/api/portal/devices/{mac.SystemId}?serial={mac.SerialNumber}", $"/api/portal/enrollments/{mac.Token!.Split('.')[0]}", $"/{anna.Email}" })
        {
            await mac.SendAsync(HttpMethod.Get, path, null, $"Bearer {PortalClient.Key}");
        }

        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Reset, Method = "GET", Path = "/api/systems/*" });
        (await mac.RenewTokenAsync()).IsProblem(503, "directory-unavailable");

        var names = new Canaries();
        foreach (var (what, name) in new[]
        {
            ("the Mac's id", mac.SystemId), ("the serial number", mac.SerialNumber), ("the person's id", anna.Id), ("the email", anna.Email),
            ("the enrollment's id", mac.Token.Split('.')[0]), ("a name", "Berg"), ("the user name", "anna"), ("the passcode", passcode), ("a group's id", backend.EnrollmentGroup),
        })
        {
            names.Add(what, name);
        }

        // The rest is sent when the program ends.
        await backend.DisposeAsync();
        Assert.Empty(backend.Canaries.Find("what is exported", receiver.Text));
        Assert.Equal(["/v1/logs", "/v1/metrics", "/v1/traces"], receiver.Paths.Distinct().Order());
        var text = receiver.TextTo("/v1/metrics", "/v1/traces");
        Assert.Empty(names.Find("traces and metrics", text));
        Assert.Contains("System.Net.Http.HttpRequestException", text, StringComparison.Ordinal);
        Assert.DoesNotContain("An error occurred", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at System", text, StringComparison.Ordinal);
        string[] expected =
        [
            "POST /api/verify", "GET /api/portal/devices/{systemId}", "Finish", "faas.invocation_id", "JumpCloud PUT /api/systemusers/{id}", "PUT /api/systemusers/{id}",
            "batch Enrollments", "send prestage-finish", "prestage.enrollment.moves", "prestage.refusals", "not-verified", "http.server.request.duration",
            "http.client.request.duration", "dotnet.gc.collections", "service.name", "service.instance.id", "telemetry.sdk.name",
        ];
        Assert.All(expected, part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("parentbased_always_on", false)]
    public async Task A_caller_does_not_decide_that_its_call_is_not_traced(string? sampler, bool isTraced)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var backend = await Backend.StartAsync(new(To(receiver).Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))) { ["OTEL_TRACES_SAMPLER"] = sampler });
        using var http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var call = new HttpRequestMessage(HttpMethod.Get, new Uri(backend.Url, "/api/health"));
        call.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");

        using var answer = await http.SendAsync(call, Cancel);

        // A span ends behind its answer, and before the next call of the same connection is begun.
        using var next = await http.GetAsync(backend.Url, Cancel);
        await backend.DisposeAsync();

        Assert.Equal(isTraced, receiver.TextTo("/v1/traces").Contains("GET /api/health", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_receiver_that_refuses_is_told_in_the_log_and_nothing_else_suffers()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        receiver.Status = 401;
        await using var backend = await Backend.StartAsync(new(To(receiver).Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))));
        using var mac = new WireMac(backend);

        await Wait.UntilAsync(async () =>
        {
            (await mac.SendAsync(HttpMethod.Get, "/api/health", null, null)).IsOk();
            return backend.Log.Lines.Any(line => line.Contains("What is exported is not taken", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task JumpCloud_is_sent_nothing_of_a_trace()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var jumpCloud = LoopbackServer.Build(0);
        ConcurrentQueue<string> headers = [];
        jumpCloud.MapFallback(call =>
        {
            foreach (var name in call.Request.Headers.Keys)
            {
                headers.Enqueue(name);
            }

            call.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
        await jumpCloud.StartAsync(Cancel);
        await using var backend = await Backend.StartAsync(
            new(To(receiver).Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))) { ["JumpCloud:BaseUrl"] = LoopbackServer.AddressOf(jumpCloud).ToString() });
        using var mac = new WireMac(backend);

        (await mac.VerifyAsync("anna@example.com", "word")).IsProblem(401, "proof-invalid");

        Assert.Contains("Authorization", headers);
        Assert.DoesNotContain(headers, name => name is "traceparent" or "tracestate" or "Request-Id" or "Correlation-Context" or "baggage");
    }

    private static IEnumerable<(string Name, string Value)> To(OtlpReceiver receiver) =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Url.ToString()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
        ("OTEL_BSP_SCHEDULE_DELAY", "200"),
    ];
}
