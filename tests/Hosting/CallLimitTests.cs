using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Hosting;

public sealed class CallLimitTests
{
    private const int MostPerMac = 32;
    private const int MostPerInstance = 256;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_33rd_call_of_a_Mac_is_busy_at_once_and_another_Mac_s_is_not()
    {
        var held = new HeldCalls();
        await using var backend = await Backend.StartAsync(held: held);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        using var other = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        mac.Hold = true;
        var calls = Enumerable.Range(0, MostPerMac).Select(_ => mac.EnrollmentAsync()).ToList();
        await held.UntilAsync(MostPerMac);
        mac.Hold = false;
        backend.JumpCloud.Journal.Clear();

        var byToken = (await mac.EnrollmentAsync()).IsProblem(429, "busy");
        var byProof = (await mac.RenewTokenAsync()).IsProblem(429, "busy");
        (await other.RenewTokenAsync()).IsProblem(404, "not-found");

        Assert.All([byToken, byProof], reply => Assert.Equal(("1", "1"), (reply.Headers["Retry-After"], reply.Text("retryAfterSeconds"))));
        Assert.Equal(0, backend.JumpCloud.Journal.Count("GET", $"/api/systems/{mac.SystemId}*"));

        held.Release();
        Assert.All(await Task.WhenAll(calls), reply => reply.IsOk());
        (await mac.RenewTokenAsync()).IsOk();
    }

    [Fact]
    public async Task Proven_calls_count_with_those_by_token()
    {
        var held = new HeldCalls();
        await using var backend = await Backend.StartAsync(held: held);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        mac.Hold = true;
        var calls = Enumerable.Range(0, MostPerMac - 1).Select(_ => mac.EnrollmentAsync()).ToList();
        await held.UntilAsync(MostPerMac - 1);
        calls.Add(mac.RenewTokenAsync());
        await held.UntilAsync(MostPerMac);
        mac.Hold = false;

        (await mac.RenewTokenAsync()).IsProblem(429, "busy");

        held.Release();
        Assert.All(await Task.WhenAll(calls), reply => reply.IsOk());
    }

    [Fact]
    public async Task A_stranger_takes_none_of_a_Mac_s_places()
    {
        var held = new HeldCalls();
        await using var backend = await Backend.StartAsync(held: held);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        using var stranger = new WireMac(backend) { Hold = true };
        var forged = Enumerable.Range(0, 2 * MostPerMac).Select(i => i % 2 == 0
            ? stranger.SendAsync(HttpMethod.Post, "/api/token", Body(i), stranger.Proof("POST", "/api/token", Body(i)).Replace(stranger.SystemId, mac.SystemId, StringComparison.Ordinal))
            : stranger.SendAsync(HttpMethod.Get, "/api/enrollment", null, $"Bearer {mac.Token![..^43]}{new string('A', 43)}")).ToList();
        await held.UntilAsync(2 * MostPerMac);

        (await mac.EnrollmentAsync()).IsOk();
        (await mac.RenewTokenAsync()).IsOk();

        held.Release();
        Assert.All(await Task.WhenAll(forged), reply => Assert.Equal(HttpStatusCode.Unauthorized, reply.Status));
    }

    [Fact]
    public async Task The_257th_call_of_an_instance_is_unavailable_at_once()
    {
        var held = new HeldCalls();
        await using var backend = await Backend.StartAsync(held: held);
        using var http = new HttpClient { BaseAddress = backend.Url };
        async Task<HttpStatusCode> CallAsync(bool hold)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/health");
            if (hold)
            {
                request.Headers.Add(HeldCalls.Header, "1");
            }

            using var response = await http.SendAsync(request, Cancel);
            Assert.Equal(!response.IsSuccessStatusCode, response.Headers.RetryAfter is not null);
            return response.StatusCode;
        }

        var calls = Enumerable.Range(0, MostPerInstance).Select(_ => CallAsync(hold: true)).ToList();
        await held.UntilAsync(MostPerInstance);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await CallAsync(hold: false));

        held.Release();
        Assert.All(await Task.WhenAll(calls), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(hold: false));
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_answered_and_costs_no_try()
    {
        await using var backend = await Backend.StartAsync(new() { ["Hosting:CallLimit"] = "00:00:01", ["Attempts:Max"] = "1" });
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Latency, Method = "POST", Path = "/api/search/systemusers", DelayMilliseconds = 60_000 });

        var late = (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(503, "unavailable");
        backend.JumpCloud.Faults.Clear();
        await backend.RestartAsync(new() { ["Attempts:Max"] = "1" });

        Assert.Equal("2", late.Headers["Retry-After"]);
        Assert.Contains(backend.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("Hosting__CallLimit (00:00:01)", StringComparison.Ordinal));
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    [Fact]
    public async Task Who_hangs_up_is_no_error()
    {
        await using var backend = await Backend.StartAsync();
        await backend.TablesReadyAsync();
        backend.Log.Clear();
        using var mac = new WireMac(backend);
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Latency, Path = "/api/systems/*", DelayMilliseconds = 60_000 });
        var body = Body(1);
        var whole = Request(body.Length, mac.Proof("POST", "/api/token", body), Encoding.UTF8.GetString(body));

        await HangUpAsync(backend.Url, whole, () => backend.Log.Lines.Count > 0 || backend.JumpCloud.Journal.Requests.Count > 0, wait: 200);

        // The host takes the body before it calls the function: this one gets no further.
        await HangUpAsync(backend.Url, Request(1000, "x", "{\"nonce\""), () => false, wait: 200);
        await UntilAnsweredAsync(backend, 1);

        Assert.DoesNotContain(backend.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));
    }

    private static byte[] Body(int number) => Encoding.UTF8.GetBytes($"{{\"nonce\":\"aaaaaaaaaaaaaaaaaaaa{number:0000}\"}}");

    private static string Request(int length, string authorization, string body) => string.Create(
        CultureInfo.InvariantCulture,
        $"POST /api/token HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");

    private static async Task HangUpAsync(Uri url, string request, Func<bool> arrived, int wait)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(url.Host, url.Port, Cancel);
        await socket.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request), Cancel);
        for (var i = 0; i < wait / 20 && !arrived(); i++)
        {
            await Task.Delay(20, Cancel);
        }

        // With a reset, as a Mac that loses its network does.
        socket.LingerState = new(true, 0);
    }

    private static Task UntilAnsweredAsync(Backend backend, int calls) => Wait.UntilAsync(
        () => backend.Log.Lines.Count(line => line.Contains("POST /api/token answered", StringComparison.Ordinal)) >= calls);
}
