using System.Text;
using System.Text.Json.Nodes;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Portal;

/// <summary>What operators did can be read afterwards, whoever would like to hide it.</summary>
public sealed class OperatorTraceTests
{
    [Fact]
    public async Task What_an_operator_did_to_a_Mac_stays_on_its_first_page_however_much_the_Mac_says()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        using var mac = new WireMac(backend);
        var portal = new PortalClient(backend);
        (await portal.PostAsync($"devices/{mac.SystemId}/release")).IsOk();
        await SayAsync(backend, mac, 120);

        var page = (await portal.GetAsync($"devices/{mac.SystemId}")).IsOk();

        Assert.Equal(51, Codes(page).Count);
        Assert.Equal("released", Codes(page)[^1]);
        Assert.Equal(["released"], Codes((await portal.GetAsync($"devices/{mac.SystemId}?actor=operator")).IsOk()));
    }

    [Fact]
    public async Task The_events_of_a_Mac_are_read_in_pages_newest_first_and_each_once()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        using var mac = new WireMac(backend);
        await SayAsync(backend, mac, 100);
        List<string> read = [];
        List<int> sizes = [];
        var next = string.Empty;
        do
        {
            var page = (await new PortalClient(backend).GetAsync($"devices/{mac.SystemId}?pageSize=30{next}")).IsOk();
            read.AddRange(Codes(page));
            sizes.Add(Codes(page).Count);
            next = page.Text("continuation") is { } continuation ? $"&continuation={Uri.EscapeDataString(continuation)}" : null;
        }
        while (next is not null);

        Assert.Equal([30, 30, 30, 10], sizes);
        Assert.Equal(Enumerable.Range(0, 100).Reverse().Select(i => $"note-{i}"), read);
    }

    [Theory]
    [InlineData("actor=mac", "actor")]
    [InlineData("pageSize=0", "pageSize")]
    [InlineData("pageSize=501", "pageSize")]
    [InlineData("continuation=x", "continuation")]
    [InlineData("continuation=%2B22ec0000000000aa-aaaaaaaaaaaaaaaa", "continuation")]
    [InlineData("actor=operator&continuation=22ec0000000000aa-aaaaaaaaaaaaaaaa", "continuation")]
    [InlineData("state=open", "state")]
    public async Task A_wrong_query_for_events_is_named(string query, string field)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());

        var reply = await new PortalClient(backend).GetAsync($"devices/{new string('a', 24)}?{query}");

        Assert.Equal(field, reply.IsProblem(400, "invalid-request").Text("field"));
    }

    [Fact]
    public async Task Who_made_a_passcode_for_a_person_and_when_is_read_by_a_route_of_its_own()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Identity:Proof", "passcode")));
        var portal = new PortalClient(backend);
        var anna = backend.AddPerson(People.New());
        (await portal.GetAsync($"passcodes/{anna.Id}")).IsProblem(404, "not-found");
        (await portal.GetAsync("passcodes/x")).IsProblem(404, "not-found");
        await portal.PasscodeAsync(new { userId = anna.Id });
        backend.Clock.Advance(TimeSpan.FromSeconds(1));
        var passcode = await portal.PasscodeAsync(new { userId = anna.Id, serialNumber = "C02X" });

        var page = (await portal.GetAsync($"passcodes/{anna.Id}")).IsOk();

        Assert.Equal(["passcode-created", "passcode-created"], Codes(page));
        Assert.All(page.Json["events"]!.AsArray(), line => Assert.Equal(("portal-key", "operator"), (Text(line, "actor"), Text(line, "actorKind"))));
        Assert.Contains("C02X", Text(page.Json["events"]![0], "detail"), StringComparison.Ordinal);
        Assert.Equal(("portal-key", "C02X"), (Text(page.Json["passcode"], "createdBy"), Text(page.Json["passcode"], "serialNumber")));
        Assert.DoesNotContain(passcode, page.Body, StringComparison.OrdinalIgnoreCase);
        var older = (await portal.GetAsync($"passcodes/{anna.Id}?pageSize=1")).IsOk();
        Assert.Single(Codes((await portal.GetAsync($"passcodes/{anna.Id}?continuation={Uri.EscapeDataString(older.Text("continuation")!)}")).IsOk()));
    }

    [Fact]
    public async Task Who_cleared_the_tries_of_a_Mac_or_an_identity_is_read_with_the_tries_of_now()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Attempts:Max", "2")));
        var portal = new PortalClient(backend);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified");
        var identity = $"attempts?identifier={Uri.EscapeDataString($" {anna.Email.ToUpperInvariant()}")}";
        Assert.Equal(("1", null), Tries((await portal.GetAsync(identity)).IsOk()));
        (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified");
        Assert.Equal("1", (await portal.GetAsync(identity)).IsOk().Text("locks"));
        Assert.NotNull((await portal.GetAsync($"attempts?systemId={mac.SystemId}")).IsOk().Text("lockedUntil"));

        (await portal.PostAsync("attempts/release", new { identifier = anna.Email })).IsOk();

        var page = (await portal.GetAsync(identity)).IsOk();
        Assert.Equal(("0", null), Tries(page));
        Assert.Equal(["attempts-released"], Codes(page));
        Assert.Empty(Codes((await portal.GetAsync($"attempts?systemId={mac.SystemId}")).IsOk()));
        (await portal.GetAsync("attempts")).IsProblem(400, "invalid-request");
        (await portal.GetAsync($"attempts?systemId={mac.SystemId}&identifier=a")).IsProblem(400, "invalid-request");

        static (string?, string?) Tries(Reply reply) => (reply.Text("failed"), reply.Text("lockedUntil"));
    }

    [Fact]
    public async Task A_cleared_lock_leaves_its_event_although_the_operator_hangs_up()
    {
        var account = await AzuriteFixture.NewAccountAsync();
        await using var proxy = await StorageProxy.StartAsync(account);
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Attempts:Max", "1")), storage: proxy.ConnectionString);
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync("anna@example.com", "wrong")).IsProblem(403, "not-verified");

        await HangUpAtWriteAsync(backend, proxy, "attempts/release", new JsonObject { ["systemId"] = mac.SystemId });

        await Wait.UntilAsync(async () => (await mac.VerifyAsync("ben@example.com", "wrong")).Code != "locked");
        Assert.Contains(await backend.EventsAsync("Devices"), row => row.GetString("Code") == "attempts-released");
    }

    [Fact]
    public async Task A_lock_is_not_cleared_where_the_event_of_it_cannot_be_written()
    {
        var account = await AzuriteFixture.NewAccountAsync();
        await using var proxy = await StorageProxy.StartAsync(account);
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Attempts:Max", "1")), storage: proxy.ConnectionString);
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync("anna@example.com", "wrong")).IsProblem(403, "not-verified");

        proxy.Refuse = request => IsBatch(request) ? new(403, "AuthorizationFailure") : null;
        (await new PortalClient(backend).PostAsync("attempts/release", new { systemId = mac.SystemId })).IsProblem(503, "unavailable");

        proxy.Refuse = _ => null;
        (await mac.VerifyAsync("ben@example.com", "wrong")).IsProblem(429, "locked");
    }

    [Fact]
    public async Task A_passcode_is_not_made_where_the_event_of_it_cannot_be_written()
    {
        var account = await AzuriteFixture.NewAccountAsync();
        await using var proxy = await StorageProxy.StartAsync(account);
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Identity:Proof", "passcode")), storage: proxy.ConnectionString);
        var anna = backend.AddPerson(People.New());
        await backend.TablesReadyAsync();

        proxy.Refuse = request => IsBatch(request) ? new(403, "AuthorizationFailure") : null;
        (await new PortalClient(backend).PostAsync("passcodes", new { userId = anna.Id })).IsProblem(503, "unavailable");

        proxy.Refuse = _ => null;
        Assert.Empty(await backend.RowsAsync("Passcodes"));
    }

    [Fact]
    public async Task A_release_is_whole_although_the_operator_hangs_up()
    {
        var account = await AzuriteFixture.NewAccountAsync();
        await using var proxy = await StorageProxy.StartAsync(account);
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Attempts:Max", "1")), storage: proxy.ConnectionString);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        (await mac.VerifyAsync("nobody@example.com", "wrong")).IsProblem(403, "not-verified");

        await HangUpAtWriteAsync(backend, proxy, $"devices/{mac.SystemId}/release", []);

        await Wait.UntilAsync(async () => (await mac.VerifyAsync("ben@example.com", "wrong")).Code != "locked");
        Assert.Equal("true", (await new PortalClient(backend).GetAsync($"devices/{mac.SystemId}")).IsOk().Text("released"));
        Assert.Equal("cancelled", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Theory]
    [InlineData("backend")]
    [InlineData("mac")]
    [InlineData("Mac")]
    public async Task An_operator_of_that_name_does_not_pass_as_the_Mac_or_the_program(string name)
    {
        await using var backend = await Backend.StartAsync(new() { ["Portal:Auth"] = "easyAuth" });
        var portal = new PortalClient(backend);
        var caller = PortalClient.Principal(name, "Prestage.Operator");
        using var mac = await CompleteTests.AssociatedAsync(backend);
        var id = mac.Token!.Split('.')[0];

        (await portal.SendAsync(HttpMethod.Post, $"enrollments/{id}/cancel", new { }, caller)).IsOk();
        (await portal.SendAsync(HttpMethod.Post, $"devices/{mac.SystemId}/release", new { }, caller)).IsOk();

        foreach (var path in new[] { $"enrollments/{id}", $"devices/{mac.SystemId}" })
        {
            var page = (await portal.SendAsync(HttpMethod.Get, path, null, caller)).IsOk();
            var lines = page.Json["events"]!.AsArray().Where(line => Text(line, "code") is "cancelled" or "released").ToList();
            Assert.NotEmpty(lines);
            Assert.All(lines, line => Assert.Equal(($"operator:{name}", "operator"), (Text(line, "actor"), Text(line, "actorKind"))));
        }

        var own = (await portal.SendAsync(HttpMethod.Get, $"enrollments/{id}", null, caller)).IsOk().Json["events"]![0];
        Assert.Equal(("mac", "mac"), (Text(own, "actor"), Text(own, "actorKind")));
    }

    private static async Task SayAsync(Backend backend, WireMac mac, int times)
    {
        for (var i = 0; i < times; i++)
        {
            // Sixty of an hour are kept.
            backend.Clock.Advance(i == 60 ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(1));
            var note = new { nonce = WireMac.Nonce(), level = "info", step = "identify", code = $"note-{i}", message = "A note." };
            (await mac.WithProofAsync("/api/report", note)).IsOk(204);
        }
    }

    private static List<string> Codes(Reply page) => [.. page.Json["events"]!.AsArray().Select(line => Text(line, "code")!)];

    private static string? Text(JsonNode? node, string member) => node![member]?.ToString();

    private static bool IsBatch(Microsoft.AspNetCore.Http.HttpRequest request) =>
        request.Method == "POST" && request.Path.Value!.EndsWith("$batch", StringComparison.Ordinal);

    // The operator's connection ends while the backend's first write is under way.
    private static async Task HangUpAtWriteAsync(Backend backend, StorageProxy proxy, string path, JsonObject body)
    {
        using var hangUp = new CancellationTokenSource();
        proxy.Before = async request =>
        {
            if (IsBatch(request) && !hangUp.IsCancellationRequested)
            {
                await hangUp.CancelAsync();

                // Time for the backend to see it: a write that ends with its caller ends here.
                await Task.Delay(500, TestContext.Current.CancellationToken);
            }
        };
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(backend.Url, $"/api/portal/{path}"))
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {PortalClient.Key}");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => http.SendAsync(request, hangUp.Token));
        proxy.Before = _ => Task.CompletedTask;
    }
}
