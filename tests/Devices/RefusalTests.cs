using Azure.Data.Tables;
using Prestage.Tests.Activate;
using Prestage.Tests.Complete;
using Prestage.Tests.History;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Devices;

public sealed class RefusalTests
{
    [Fact]
    public async Task A_lock_out_is_told_by_an_event_of_its_own_at_no_further_operation()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);
        for (var i = 0; i < 5; i++)
        {
            (await mac.VerifyAsync("nobody@example.com", "wrong")).IsProblem(403, "not-verified");
        }

        (await mac.VerifyAsync("nobody@example.com", "wrong")).IsProblem(429, "locked");

        var events = await DeviceEventsAsync(backend, mac);
        Assert.Equal(5, events.Count(happened => happened.GetString("Code") == "not-verified"));
        var lockOut = Assert.Single(events, happened => happened.GetString("Code") == "locked-out").GetString("Detail")!;
        Assert.Matches("^The device is locked until .* \\(lock 1\\)\\. The identity is locked until .* \\(lock 1\\)\\.$", lockOut);
        Assert.Single(events, happened => happened.GetString("Code") == "locked");
        Assert.DoesNotContain(events, happened => happened.Any(property => property.Value.ToString()!.Contains("nobody", StringComparison.Ordinal)));

        // The first try inserts its rows, every further one reads and replaces them; the last one also begins the lock.
        Assert.Single((await backend.RefusalCostsAsync(5)).Skip(1).Distinct());
    }

    [Fact]
    public async Task A_Mac_that_may_not_enroll_leaves_the_reason()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend, system => system with { Created = backend.Clock.GetUtcNow().AddDays(-30).ToString("O") });

        var reply = (await mac.VerifyAsync("anna@example.com", "x")).IsProblem(403, "device-not-eligible");

        var happened = Assert.Single(await DeviceEventsAsync(backend, mac));
        Assert.Equal(("device-not-eligible", reply.Text("detail")), (happened.GetString("Code"), happened.GetString("Detail")));
    }

    [Fact]
    public async Task A_replayed_proof_is_kept_and_a_stranger_writes_nothing()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);
        var body = "{\"nonce\":\"aaaaaaaaaaaaaaaaaaaaaaaa\"}"u8.ToArray();
        var proof = mac.Proof("POST", "/api/token", body);
        (await mac.SendAsync(HttpMethod.Post, "/api/token", body, proof)).IsProblem(404, "not-found");

        (await mac.SendAsync(HttpMethod.Post, "/api/token", body, proof)).IsProblem(401, "proof-replayed");
        Assert.Equal("proof-replayed", Assert.Single(await DeviceEventsAsync(backend, mac)).GetString("Code"));

        (await mac.SendAsync(HttpMethod.Post, "/api/token", [.. body, (byte)' '], proof)).IsProblem(401, "proof-invalid");
        using var foreign = new WireMac(backend, system => system with { Organization = new('9', 24) });
        (await foreign.VerifyAsync("anna@example.com", "x")).IsProblem(403, "device-not-eligible");
        Assert.Single(await backend.EventsAsync("Devices"));
    }

    [Fact]
    public async Task Who_floods_with_refusals_gets_sixty_rows_of_a_kind_an_hour_and_hides_no_other_kind()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend, system => system with { Created = backend.Clock.GetUtcNow().AddDays(-30).ToString("O") });
        for (var i = 0; i < 70; i++)
        {
            (await mac.VerifyAsync("anna@example.com", "x")).IsProblem(403, "device-not-eligible");
        }

        var events = await DeviceEventsAsync(backend, mac);
        Assert.Equal(60, events.Count);
        Assert.Single(events, happened => happened.GetString("Detail")!.EndsWith("(further ones of this hour are in the log only)", StringComparison.Ordinal));

        (await mac.WithProofAsync("/api/report", new { nonce = WireMac.Nonce(), level = "info", step = "s", code = "c", message = "m" })).IsOk(204);
        Assert.Equal(61, (await DeviceEventsAsync(backend, mac)).Count);

        backend.Clock.Advance(TimeSpan.FromHours(1));
        (await mac.VerifyAsync("anna@example.com", "x")).IsProblem(403, "device-not-eligible");
        Assert.Equal(62, (await DeviceEventsAsync(backend, mac)).Count);
    }

    [Fact]
    public async Task A_Mac_that_is_enrolled_keeps_who_tried_it_in_its_enrollments_history()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = await CompleteTests.AssociatedAsync(backend);
        var ben = backend.AddPerson(People.New("ben"));

        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsProblem(409, "already-enrolled");

        var history = await backend.HistoryAsync(mac);
        Assert.Equal(("already-enrolled", "backend", "warning"), (history.Events[^1].Code, history.Events[^1].Actor, history.Events[^1].Level));
        Assert.Equal(("intact", EnrollmentState.Associated), (history.Chain.ToString(), history.Enrollment!.State));
    }

    [Fact]
    public async Task A_rejected_password_leaves_its_violations_and_nothing_of_itself()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());

        var reply = (await mac.ActivateAsync("short-Pw1")).IsProblem(422, "password-rejected");

        var happened = (await backend.HistoryAsync(mac)).Events[^1];
        Assert.Equal("password-rejected", happened.Code);
        Assert.Equal(reply.Json["violations"]!.AsArray().Select(violation => violation!.ToString()), happened.Detail!.Split(' '));
    }

    private static async Task<List<TableEntity>> DeviceEventsAsync(Backend backend, WireMac mac) =>
        [.. (await backend.EventsAsync("Devices")).Where(row => row.PartitionKey == mac.SystemId)];
}
