using System.Net;
using Prestage.Functions.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Devices;

/// <summary>What callers who are not proven yet may cost JumpCloud.</summary>
public sealed class RelayTests
{
    private const int InFlight = 16;
    private const int Waiting = 64;
    private static readonly DeviceProof Proof = new(new('a', 24), "Mon, 23 Nov 2026 10:00:00 GMT", "AAAA");

    [Fact]
    public async Task Sixteen_relays_are_in_flight_at_a_time_and_who_comes_beyond_the_queue_is_busy_at_once()
    {
        using var jumpCloud = new HeldAnswers();
        using var clients = new DirectoryClients(new() { BaseUrl = "http://127.0.0.1:1", OrgId = new('5', 24) }, new CountedSecrets(), network: jumpCloud);
        var relay = clients.Relay;
        var relays = Enumerable.Range(0, InFlight + Waiting).Select(_ => relay.ReadAsync(Proof, null, TestContext.Current.CancellationToken)).ToList();

        Assert.Equal(InFlight, jumpCloud.Arrived);
        var busy = await Assert.ThrowsAsync<DirectoryException>(() => relay.ReadAsync(Proof, null, TestContext.Current.CancellationToken));
        Assert.Equal((DirectoryFailure.Busy, TimeSpan.FromSeconds(2)), (busy.Failure, busy.RetryAfter));

        jumpCloud.Release();
        Assert.All(await Task.WhenAll(relays), Assert.Null);
        Assert.Equal((InFlight + Waiting, InFlight), (jumpCloud.Arrived, jumpCloud.MostAtOnce));
    }

    [Theory]
    [InlineData("b-_0", "/api/systems/aaaaaaaaaaaaaaaaaaaaaaaa?binding=b-_0")]
    [InlineData(null, "/api/systems/aaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task A_signed_read_goes_out_as_it_was_signed_and_with_nothing_of_ours(string? binding, string path)
    {
        (string Address, string Headers)? sent = null;
        using var jumpCloud = new StubHandler(request =>
        {
            sent = (request.RequestUri!.PathAndQuery, request.Headers.ToString());
            return StubHandler.Answer(HttpStatusCode.OK, $$"""{"_id":"{{Proof.SystemId}}"}""")(request);
        });
        using var clients = new DirectoryClients(new() { BaseUrl = "http://127.0.0.1:1", OrgId = new('5', 24) }, new CountedSecrets(), network: jumpCloud);

        Assert.NotNull(await clients.Relay.ReadAsync(Proof, binding, TestContext.Current.CancellationToken));

        Assert.Equal(path, sent!.Value.Address);
        Assert.Equal(
            [
                "Accept: application/json",
                $"Authorization: Signature keyId=\"system/{Proof.SystemId}\",headers=\"request-line date\",algorithm=\"rsa-sha256\",signature=\"AAAA\"",
                "Date: Mon, 23 Nov 2026 10:00:00 GMT",
            ],
            sent.Value.Headers.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(header => !header.StartsWith("User-Agent: Prestage/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_record_of_another_Mac_proves_nothing()
    {
        using var jumpCloud = new StubHandler(request => StubHandler.Answer(HttpStatusCode.OK, $$"""{"_id":"{{new string('b', 24)}}"}""")(request));
        using var clients = new DirectoryClients(new() { BaseUrl = "http://127.0.0.1:1", OrgId = new('5', 24) }, new CountedSecrets(), network: jumpCloud);

        Assert.Null(await clients.Relay.ReadAsync(Proof, "b-_0", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Three_hundred_refused_signatures_in_a_minute_close_the_relay_until_the_minute_is_over()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        using var stranger = new WireMac(backend, system => system with { PublicKeyPem = null });
        for (var i = 0; i < 300; i++)
        {
            (await stranger.RenewTokenAsync()).IsProblem(401, "proof-invalid");
        }

        var closed = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "directory-unavailable");
        Assert.Equal("60", closed.Headers["Retry-After"]);
        Assert.Equal(300, backend.JumpCloud.Journal.Requests.Count);

        backend.Clock.Advance(TimeSpan.FromMinutes(1));
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    // Holds every answer, whatever the caller's time limits say, and counts.
    private sealed class HeldAnswers : HttpMessageHandler
    {
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock counting = new();
        private int present;

        public int Arrived { get; private set; }

        public int MostAtOnce { get; private set; }

        public void Release() => released.SetResult();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            lock (counting)
            {
                Arrived++;
                MostAtOnce = Math.Max(MostAtOnce, ++present);
            }

            await released.Task;
            lock (counting)
            {
                present--;
            }

            return new(HttpStatusCode.Unauthorized) { Content = new StringContent("{}"), RequestMessage = request };
        }
    }
}
