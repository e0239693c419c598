using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Health;

public sealed class PortalHealthTests
{
    [Fact]
    public async Task Every_dependency_is_told_by_name_and_asking_again_costs_nothing_outside()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Hosting:WatchEvery", "01:00:00")));
        await backend.UntilCalledAsync("GET", "/api/v2/systemgroups/{id}", 2);

        var page = await Wait.ForAsync(async () => await backend.HealthAsync() is var page && page["status"]!.ToString() == "ok" ? page : null);

        Assert.NotNull(page["checkedAt"]);
        Assert.NotEmpty(page["version"]!.ToString());
        Assert.Equal(
            ["Groups__Enrollment", "Groups__PostEnrollment", "clock", "jumpcloud", "jumpcloud-role", "poison-queue", "queue", "secret/event-key", "secret/jumpcloud-api-key", "tables"],
            page["dependencies"]!.AsArray().Select(each => each!["name"]!.ToString()));
        Assert.All(page["dependencies"]!.AsArray(), each => Assert.Null(each!["remedy"]));
        var calls = backend.JumpCloud.Journal.Requests.Count;
        Assert.Equal(3 * backend.JumpCloud.Journal.Count("GET", "/api/systems"), calls);
        await backend.HealthAsync();
        Assert.Equal(calls, backend.JumpCloud.Journal.Requests.Count);
        Assert.Contains("0 table operations, 0 directory calls", await backend.LineOfAsync("GET /api/portal/health"), StringComparison.Ordinal);
        Assert.DoesNotContain(backend.Log.Lines, line => line.Contains("Dependency ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_watch_looks_by_itself_and_tells_a_change_once_however_often_it_looks()
    {
        await using var backend = await Backend.StartAsync(HealthPage.Watched(("Groups:PostEnrollment", new string('b', 24))));

        await backend.UntilCalledAsync("GET", "/api/systems", 3);

        Assert.Single(backend.Told("Groups__PostEnrollment", "group-missing"));
    }

    [Fact]
    public async Task A_look_that_fails_after_its_first_call_is_one_finding_and_not_two_in_turn()
    {
        await using var backend = await Backend.StartAsync();
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Path = "/api/v2/systemgroups/{id}", Status = 400 });
        await backend.RestartAsync(HealthPage.Watched());

        await backend.UntilCalledAsync("GET", "/api/v2/systemgroups/{id}", 3);

        Assert.Single(backend.Told("jumpcloud", "directory-unexpected"));
        Assert.DoesNotContain(backend.Log.Lines, line => line.Contains("Dependency jumpcloud is well", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_that_fails_makes_the_watch_look_at_once_and_one_that_gets_through_makes_it_look_again()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Hosting:WatchEvery", "1.00:00:00")));
        await backend.UntilCalledAsync("GET", "/api/v2/systemgroups/{id}", 2);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        var key = backend.JumpCloud.Options.ApiKeys[0];

        backend.JumpCloud.Credentials.RevokeApiKey(key);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "directory-unavailable");
        await backend.LoggedAsync("Dependency jumpcloud is Down (key-refused)");
        backend.JumpCloud.Credentials.AddApiKey(key);
        await mac.UntilVerifiedAsync(anna.Email, anna.EmployeeIdentifier);

        await backend.LoggedAsync("Dependency jumpcloud is well");
    }

    [Theory]
    [InlineData("Groups:Enrollment", "Groups__Enrollment")]
    [InlineData("Groups:PostEnrollment", "Groups__PostEnrollment")]
    public async Task While_a_group_of_the_settings_is_dynamic_no_enrollment_begins_and_it_is_said_which(string setting, string name)
    {
        await using var backend = await Backend.StartAsync();
        var group = backend.JumpCloud.Tenant.AddGroup(new("All Macs", "DYNAMIC_AUTOMATED"));
        await backend.RestartAsync(HealthPage.Watched((setting, group.Id)));
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);

        var page = await backend.UntilAsync(name, "group-dynamic");

        backend.Says(page, name, "down", "group-dynamic", $"All Macs ({group.Id}) is dynamic", $"set {name} to a static system group");
        Assert.Equal("down", page["status"]!.ToString());
        var refused = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "directory-unavailable");
        Assert.Contains("Retry-After", refused.Headers.Keys);
        Assert.Contains(backend.Log.Lines, line => line.Contains("/api/verify: JumpCloud did not do", StringComparison.Ordinal) && line.Contains($"{name} (group-dynamic)", StringComparison.Ordinal));
        Assert.Empty(await backend.RowsAsync("Enrollments"));

        backend.JumpCloud.Tenant.AddGroup(group with { MembershipMethod = "STATIC" });

        await mac.UntilVerifiedAsync(anna.Email, anna.EmployeeIdentifier);
    }

    [Theory]
    [InlineData("Groups:Enrollment", "Groups__Enrollment")]
    [InlineData("Groups:PostEnrollment", "Groups__PostEnrollment")]
    public async Task While_a_group_of_the_settings_does_not_exist_no_enrollment_begins_and_it_is_said_which(string setting, string name)
    {
        var id = new string('c', 24);
        await using var backend = await Backend.StartAsync(HealthPage.Watched((setting, id)));
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);

        var page = await backend.UntilAsync(name, "group-missing");

        backend.Says(page, name, "down", "group-missing", $"no system group {id}", $"Set {name} to the id of an existing static system group");
        Assert.Contains("Retry-After", (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "directory-unavailable").Headers.Keys);

        backend.JumpCloud.Tenant.AddGroup(new("Late") { Id = id });

        await mac.UntilVerifiedAsync(anna.Email, anna.EmployeeIdentifier);
        await backend.UntilAsync(name, "ok");
    }

    [Fact]
    public async Task A_group_whose_rule_only_proposes_changes_is_told_and_stops_nobody()
    {
        await using var backend = await Backend.StartAsync();
        var group = backend.JumpCloud.Tenant.AddGroup(new("Proposed", "DYNAMIC_REVIEW_REQUIRED"));
        await backend.RestartAsync(HealthPage.Watched(("Groups:PostEnrollment", group.Id)));
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);

        var page = await backend.UntilAsync("Groups__PostEnrollment", "group-reviewed");

        Assert.Equal("degraded", page["status"]!.ToString());
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    [Fact]
    public async Task A_key_that_may_not_read_groups_is_told_of_the_group_alone()
    {
        await using var backend = await Backend.StartAsync();
        var group = backend.EnrollmentGroup;
        await backend.RestartAsync(HealthPage.Watched(("Groups:Enrollment", group)));
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Path = $"/api/v2/systemgroups/{group}", Status = 403 });

        var page = await backend.UntilAsync("Groups__Enrollment", "group-unreadable");

        backend.Says(page, "Groups__Enrollment", "degraded", "group-unreadable", "does not let it read", "device groups");
        Assert.Equal("ok", page.Dependency("jumpcloud")!["status"]!.ToString());
        backend.JumpCloud.Faults.Clear();
        backend.Clock.Advance(TimeSpan.FromMinutes(6));
        await backend.UntilAsync("Groups__Enrollment", "ok");
    }

    [Fact]
    public async Task A_group_that_was_found_dynamic_stays_so_when_the_key_may_not_read_it_any_more()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var group = backend.JumpCloud.Tenant.AddGroup(new("Ruled", "DYNAMIC_AUTOMATED"));
        await backend.RestartAsync(HealthPage.Watched(("Groups:PostEnrollment", group.Id)));
        await backend.UntilAsync("Groups__PostEnrollment", "group-dynamic");
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Path = "/api/v2/systemgroups/{id}", Status = 403 });

        var page = await backend.UntilAsync("Groups__Enrollment", "group-unreadable");

        Assert.Equal("group-dynamic", page.Dependency("Groups__PostEnrollment")!["code"]!.ToString());
    }

    [Fact]
    public async Task A_refused_key_is_told_with_what_to_do_and_recovers_without_a_restart()
    {
        await using var backend = await Backend.StartAsync(HealthPage.Watched());
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        var key = backend.JumpCloud.Options.ApiKeys[0];
        backend.JumpCloud.Credentials.RevokeApiKey(key);

        var refused = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "directory-unavailable");

        Assert.Equal("30", refused.Headers["Retry-After"]);
        var page = await backend.UntilAsync("jumpcloud", "key-refused");
        backend.Says(page, "jumpcloud", "down", "key-refused", "refuses our key", "vault secret jumpcloud-api-key");
        backend.JumpCloud.Credentials.AddApiKey(key);
        await mac.UntilVerifiedAsync(anna.Email, anna.EmployeeIdentifier);
        Assert.Equal("ok", (await backend.UntilAsync("jumpcloud", "ok"))["status"]!.ToString());
    }

    [Theory]
    [InlineData(503, "degraded", "directory-busy", "HTTP 503", "Macs do")]
    [InlineData(429, "degraded", "directory-busy", "HTTP 429", "Macs do")]
    [InlineData(403, "down", "access-refused", "403", "role that may do it")]
    [InlineData(302, "down", "directory-unexpected", "HTTP 302", "JumpCloud__BaseUrl")]
    public async Task What_JumpCloud_answers_instead_is_told_apart(int answer, string status, string code, string detail, string remedy)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Path = "/api/systems", Status = answer });

        backend.Says(await backend.UntilAsync("jumpcloud", code), "jumpcloud", status, code, detail, remedy);
        Assert.Equal("unknown", (await backend.HealthAsync()).Dependency("Groups__Enrollment")!["status"]!.ToString());
        backend.JumpCloud.Faults.Clear();
        backend.Clock.Advance(TimeSpan.FromSeconds(4));
        await backend.UntilAsync("jumpcloud", "ok");
    }

    [Fact]
    public async Task A_JumpCloud_that_is_away_or_is_not_JumpCloud_is_told_apart_from_one_that_refuses()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Reset, Path = "/api/systems" });
        backend.Says(
            await backend.UntilAsync("jumpcloud", "directory-unreachable"), "jumpcloud", "down", "directory-unreachable", "does not answer", "network reaches");
        backend.JumpCloud.Faults.Clear();
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Html, Path = "/api/systems", Status = 200 });
        backend.Clock.Advance(TimeSpan.FromSeconds(4));

        backend.Says(
            await backend.UntilAsync("jumpcloud", "directory-unreadable"), "jumpcloud", "down", "directory-unreadable", "not JumpCloud's API", "proxy");
    }

    [Fact]
    public async Task A_role_that_is_too_weak_for_a_call_of_an_enrollment_is_told_with_the_call_and_for_a_quarter_of_an_hour()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Method = "POST", Path = "/api/search/systemusers", Status = 403 });

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "directory-unavailable");

        var page = await backend.HealthAsync();
        backend.Says(page, "jumpcloud-role", "down", "role-refused", "403 to POST /api/search/systemusers", "a role that may do it");
        Assert.Equal("ok", page.Dependency("jumpcloud")!["status"]!.ToString());
        backend.Clock.Advance(TimeSpan.FromMinutes(16));
        await backend.UntilAsync("jumpcloud-role", "ok");
    }

    [Fact]
    public async Task An_organization_that_JumpCloud_does_not_know_for_the_key_is_told()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("JumpCloud:OrgId", new string('d', 24))));

        backend.Says(
            await backend.UntilAsync("jumpcloud", "organization-unknown"), "jumpcloud", "down", "organization-unknown", "no such organization", "Set JumpCloud__OrgId");
    }

    [Theory]
    [InlineData(2, "degraded")]
    [InlineData(10, "down")]
    public async Task A_clock_that_is_wrong_is_told_before_proofs_are_refused(int minutes, string status)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        backend.Clock.Advance(TimeSpan.FromMinutes(minutes));

        backend.Says(await backend.UntilAsync("clock", "clock-wrong"), "clock", status, "clock-wrong", "from JumpCloud's", "NTP");
    }

    [Fact]
    public async Task Messages_that_were_given_up_and_that_nobody_takes_are_told()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        await backend.TablesReadyAsync();
        await backend.PoisonQueue.SendMessageAsync("x", TestContext.Current.CancellationToken);

        backend.Says(
            await backend.UntilAsync("poison-queue", "poison-waiting"), "poison-queue", "degraded", "poison-waiting", "1 messages", "errors of PoisonMessage");
    }
}
