using System.Net;
using Prestage.Functions.Devices;
using Prestage.Functions.Enrollments;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Activate;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Devices;

/// <summary>What one Mac can make us keep or send, whatever it proves itself with.</summary>
public sealed class BudgetTests
{
    private static readonly object Note = new { level = "info", step = "s", code = "c", message = "m" };

    [Fact]
    public void A_Mac_has_120_events_an_hour_of_which_60_are_of_one_kind_and_another_Mac_has_its_own()
    {
        var budget = new EventBudget(new ManualClock(TimeProvider.System.GetUtcNow()));

        Assert.Equal(60, Admitted("a", "report", 300));
        Assert.Equal(60, Enumerable.Range(0, 300).Sum(i => Admitted("a", $"kind-{i}", 1)));
        Assert.Equal(0, Admitted("a", "one-more-kind", 1));
        Assert.Equal(60, Admitted("b", "report", 300));

        int Admitted(string mac, string kind, int times) =>
            Enumerable.Range(0, times).Count(_ => budget.Admit(mac, kind, new(default, "mac", "c")) is not null);
    }

    [Fact]
    public void The_last_event_of_a_budget_says_that_it_is_the_last()
    {
        var budget = new EventBudget(new ManualClock(TimeProvider.System.GetUtcNow()));
        var kept = Enumerable.Range(0, 100).Select(_ => budget.Admit("a", "report", new(default, "mac", "c", "Text."))).OfType<EnrollmentEvent>().ToList();

        Assert.All(kept[..^1], happened => Assert.Equal("Text.", happened.Detail));
        Assert.Equal("Text. (further ones of this hour are in the log only)", kept[^1].Detail);
    }

    [Fact]
    public async Task Reports_with_a_token_and_with_a_proof_share_one_budget_and_are_answered_the_same_beyond_it()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        for (var i = 0; i < 40; i++)
        {
            (await mac.WithTokenAsync("/api/report", Note)).IsOk(204);
            (await ReportWithProofAsync(mac, "c")).IsOk(204);
        }

        Assert.Equal(60, await CountAsync(backend, "Enrollments", "c") + await CountAsync(backend, "Devices", "c"));
        const string NotKept = "has used its events up, of this hour or of its enrollment; not kept: info s c";
        Assert.Equal(20, backend.Log.Lines.Count(line => line.Contains(NotKept, StringComparison.Ordinal)));

        backend.Clock.Advance(TimeSpan.FromHours(1));
        (await mac.WithTokenAsync("/api/report", Note)).IsOk(204);
        Assert.Equal(31, await CountAsync(backend, "Enrollments", "c"));
    }

    [Fact]
    public async Task A_Mac_gets_sixty_new_tokens_an_hour_and_keeps_the_last_one()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        for (var i = 0; i < 60; i++)
        {
            (await mac.RenewTokenAsync()).IsOk();
        }

        var refused = (await mac.RenewTokenAsync()).IsProblem(429, "busy");

        Assert.InRange(int.Parse(refused.Headers["Retry-After"]), 3000, 3600);
        Assert.Equal(60, await CountAsync(backend, "Enrollments", "token-renewed"));
        (await mac.EnrollmentAsync()).IsOk();
        backend.Clock.Advance(TimeSpan.FromHours(1));
        (await mac.RenewTokenAsync()).IsOk();
    }

    [Fact]
    public async Task A_person_verified_again_and_again_is_sixty_events_an_hour_and_spends_no_try()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        for (var i = 0; i < 60; i++)
        {
            (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        }

        for (var i = 0; i < 6; i++)
        {
            (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(429, "busy");
        }

        Assert.Equal(60, await CountAsync(backend, "Enrollments", "verified-again"));
    }

    [Fact]
    public async Task A_Mac_that_tries_again_while_JumpCloud_refuses_its_group_leaves_no_event_each_time()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        backend.JumpCloud.Faults.Add(
            new Fault { Kind = FaultKind.Status, Method = "POST", Path = "/api/v2/systemgroups/*/members", Status = 403 });
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).Status);
        }

        Assert.Equal(["verified"], (await backend.EventsAsync("Enrollments")).Select(row => row.GetString("Code")!));

        backend.JumpCloud.Faults.Clear();
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        Assert.Equal([Backend.EnrollmentGroupName], backend.GroupsOf(mac));
    }

    [Fact]
    public async Task A_Mac_sends_ten_passwords_an_hour_to_JumpCloud()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        for (var i = 0; i < 10; i++)
        {
            (await mac.ActivateAsync($"{People.Password}-{i}")).IsOk();
        }

        (await mac.ActivateAsync($"{People.Password}-10")).IsProblem(429, "busy");

        Assert.Equal(10, backend.JumpCloud.Journal.Count("PUT", "/api/systemusers/*"));
        backend.Clock.Advance(TimeSpan.FromHours(1));
        (await mac.ActivateAsync($"{People.Password}-11")).IsOk();
    }

    [Fact]
    public async Task Another_organization_s_Mac_writes_nothing_and_counts_as_a_refusal()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        using var foreign = new WireMac(backend, system => system with { Organization = new('9', 24) });
        await backend.TablesReadyAsync();
        for (var i = 0; i < 300; i++)
        {
            (await foreign.RenewTokenAsync()).IsProblem(403, "device-not-eligible");
        }

        Assert.Empty(await backend.RowsAsync("Proofs"));
        Assert.Empty(await backend.RowsAsync("Devices"));
        Assert.Empty(await backend.RowsAsync("Attempts"));
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "directory-unavailable");
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("superseded")]
    [InlineData("expired")]
    [InlineData("completed")]
    public async Task With_the_end_of_its_enrollment_a_token_can_only_read_that_end(string end)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Finish:Deadline", "00:00:01")));
        using var mac = await EndedAsync(backend, end);
        var stored = await backend.RowsAsync("Enrollments");

        Assert.Equal(end, (await mac.EnrollmentAsync()).IsOk().Text("state"));
        (await mac.WithTokenAsync("/api/report", Note)).IsProblem(409, "wrong-state");
        (await mac.ActivateAsync(People.Password)).IsProblem(409, "wrong-state");

        // The two calls that a Mac repeats for a lost answer tell the end of what they were about.
        Assert.Equal(end == "completed" ? 200 : 409, (int)(await mac.AssociateAsync()).Status);
        Assert.Equal(end == "completed" ? 202 : 409, (int)(await mac.CompleteAsync()).Status);
        var after = await backend.RowsAsync("Enrollments");
        Assert.Equal(stored.Select(row => (row.RowKey, row.ETag)), after.Select(row => (row.RowKey, row.ETag)));

        // What it still has to tell is the Mac's own.
        (await ReportWithProofAsync(mac, "late")).IsOk(204);
        Assert.Equal(1, await CountAsync(backend, "Devices", "late"));
    }

    private static Task<Reply> ReportWithProofAsync(WireMac mac, string code) =>
        mac.WithProofAsync("/api/report", new { nonce = WireMac.Nonce(), level = "info", step = "s", code, message = "m" });

    private static async Task<int> CountAsync(Backend backend, string table, string code) =>
        (await backend.EventsAsync(table)).Count(row => row.GetString("Code") == code);

    private static async Task<WireMac> EndedAsync(Backend backend, string end)
    {
        if (end == "completed")
        {
            var associated = await CompleteTests.AssociatedAsync(backend);
            backend.ShowManaged(associated, "anna");
            (await associated.CompleteAsync()).IsOk(202);
            (await associated.UntilAsync("completed")).IsOk();
            return associated;
        }

        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        switch (end)
        {
            case "cancelled":
                (await new PortalClient(backend).PostAsync($"enrollments/{mac.Token!.Split('.')[0]}/cancel")).IsOk();
                break;
            case "superseded":
                var (token, ben) = (mac.Token, backend.AddPerson(People.New("ben")));
                (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsOk();
                mac.Token = token;
                break;
            default:
                var (rows, cancellationToken) = (backend.Get<EnrollmentRows>(), TestContext.Current.CancellationToken);
                var read = (await rows.FindAsync(EnrollmentId.Parse(mac.Token!.Split('.')[0]), cancellationToken))!;
                var expired = new EnrollmentEvent(backend.Clock.GetUtcNow(), "backend", "expired");
                Assert.NotNull(await rows.TryMoveAsync(read, read with { State = EnrollmentState.Expired }, expired, cancellationToken));
                break;
        }

        return mac;
    }
}
