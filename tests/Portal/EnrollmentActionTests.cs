using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Portal;

public sealed class EnrollmentActionTests
{
    [Fact]
    public async Task An_enrollment_is_shown_with_its_events_oldest_first_and_without_its_token_s_hash()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        using var mac = await CompleteTests.AssociatedAsync(backend);
        using var other = await CompleteTests.AssociatedAsync(backend, "ben");
        var id = mac.Token!.Split('.')[0];

        var page = (await new PortalClient(backend).GetAsync($"enrollments/{id}")).IsOk();

        Assert.Equal(("associated", mac.SystemId, mac.SerialNumber), (page.Text("state"), page.Text("systemId"), page.Text("serialNumber")));
        Assert.Equal("anna", page.Json["account"]!["username"]!.ToString());
        Assert.Equal("intact", page.Text("chain"));
        Assert.Equal(
            ["verified", "setting-password", "password-set", "associating", "associated"],
            page.Json["events"]!.AsArray().Select(line => line!["code"]!.ToString()));
        var rows = await backend.RowsAsync("Enrollments");
        var hash = rows.Single(row => row.GetString("SystemId") == mac.SystemId && row.ContainsKey("TokenHash")).GetString("TokenHash")!;
        Assert.DoesNotContain(hash, page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Mac_is_shown_with_its_enrollment_and_its_own_events_newest_first_and_at_most_50()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        using var mac = await CompleteTests.AssociatedAsync(backend);
        for (var i = 0; i < 52; i++)
        {
            backend.Clock.Advance(TimeSpan.FromSeconds(1));
            (await mac.WithProofAsync(
                "/api/report", new { nonce = WireMac.Nonce(), level = "info", step = "identify", code = $"note-{i}", message = "A note." })).IsOk(204);
        }

        var page = (await new PortalClient(backend).GetAsync($"devices/{mac.SystemId}")).IsOk();

        Assert.Equal(mac.Token!.Split('.')[0], page.Text("enrollmentId"));
        Assert.Equal("associated", page.Json["enrollment"]!["state"]!.ToString());
        Assert.False((bool)page.Json["released"]!);
        Assert.Equal(
            Enumerable.Range(2, 50).Reverse().Select(i => $"note-{i}"), page.Json["events"]!.AsArray().Select(line => line!["code"]!.ToString()));
    }

    [Fact]
    public async Task A_released_Mac_says_so_and_by_whom()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var portal = new PortalClient(backend);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        var id = mac.Token!.Split('.')[0];

        (await portal.PostAsync($"devices/{mac.SystemId}/release")).IsOk();

        var page = (await portal.GetAsync($"devices/{mac.SystemId}")).IsOk();
        Assert.True((bool)page.Json["released"]!);
        Assert.Null(page.Json["enrollment"]);
        Assert.Equal(("portal-key", "released"), LastEvent(page, 0));
        var enrollment = (await portal.GetAsync($"enrollments/{id}")).IsOk();
        Assert.Equal("cancelled", enrollment.Text("state"));
        Assert.Equal(("portal-key", "released"), LastEvent(enrollment, ^1));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var portal = new PortalClient(backend);

        foreach (var path in new[] { "enrollments/x", "enrollments/202601-0000000000000000-aaaaaaaaaaaaaaaa", $"devices/{new string('a', 24)}", "devices/x'", "nothing" })
        {
            (await portal.GetAsync(path)).IsProblem(404, "not-found");
        }

        foreach (var action in new[] { "retry", "cancel" })
        {
            (await portal.PostAsync($"enrollments/x/{action}")).IsProblem(404, "not-found");
            (await portal.PostAsync($"enrollments/202601-0000000000000000-aaaaaaaaaaaaaaaa/{action}")).IsProblem(404, "not-found");
        }

        (await portal.PostAsync("devices/x/release")).IsProblem(404, "not-found");
    }

    [Fact]
    public async Task A_failed_enrollment_is_finished_by_a_retry()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        var portal = new PortalClient(backend);
        using var mac = await FailedAsync(backend);
        var id = mac.Token!.Split('.')[0];
        backend.JumpCloud.Faults.Clear();

        Assert.Equal("finishing", (await portal.PostAsync($"enrollments/{id}/retry")).IsOk(202).Text("state"));
        Assert.Equal("finishing", (await portal.PostAsync($"enrollments/{id}/retry")).IsOk(202).Text("state"));
        var dropped = await backend.FinishAsync((await backend.TakeMessageAsync())!, 1);
        Assert.Equal("finishing", (await mac.EnrollmentAsync()).Text("state"));
        var done = await backend.FinishAsync((await backend.TakeMessageAsync())!, 1);

        var page = (await portal.GetAsync($"enrollments/{id}")).IsOk();
        Assert.Equal("completed", page.Text("state"));
        Assert.Null(page.Text("cause"));
        Assert.Equal("3", page.Text("attempt"));
        Assert.Equal(("portal-key", "retried"), LastEvent(page, ^3));
        Assert.Equal([Backend.PostEnrollmentGroupName], backend.GroupsOf(mac));
        Assert.Equal(("portal-key", "retried"), LastEvent(page, ^2));
        Assert.Equal(2, Told(backend, $"Portal: enrollment {id} was retried by portal-key"));
        (await portal.PostAsync($"enrollments/{id}/retry")).IsProblem(409, "wrong-state");
    }

    [Fact]
    public async Task A_failed_enrollment_of_a_released_Mac_is_not_finished_any_more()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        var portal = new PortalClient(backend);
        using var mac = await FailedAsync(backend);

        (await portal.PostAsync($"devices/{mac.SystemId}/release")).IsOk();

        (await portal.PostAsync($"enrollments/{mac.Token!.Split('.')[0]}/retry")).IsProblem(409, "wrong-state");
    }

    [Fact]
    public async Task An_open_enrollment_is_cancelled_and_its_message_is_dropped()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        var portal = new PortalClient(backend);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        var id = mac.Token!.Split('.')[0];

        Assert.Equal("cancelled", (await portal.PostAsync($"enrollments/{id}/cancel")).IsOk().Text("state"));
        Assert.Equal("cancelled", (await portal.PostAsync($"enrollments/{id}/cancel")).IsOk().Text("state"));
        var dropped = await backend.FinishAsync((await backend.TakeMessageAsync())!, 1);

        var page = (await portal.GetAsync($"enrollments/{id}")).IsOk();
        Assert.Equal("cancelled", page.Text("state"));
        Assert.Equal(("portal-key", "cancelled"), LastEvent(page, ^1));
        Assert.Equal(1, Told(backend, $"Portal: enrollment {id} was cancelled by portal-key"));
        Assert.Empty(backend.GroupsOf(mac));
        Assert.Single(backend.Bindings(mac));
        (await portal.PostAsync($"enrollments/{id}/retry")).IsProblem(409, "wrong-state");
    }

    [Fact]
    public async Task What_has_ended_otherwise_cannot_be_cancelled()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        using var mac = await FailedAsync(backend);

        (await new PortalClient(backend).PostAsync($"enrollments/{mac.Token!.Split('.')[0]}/cancel")).IsProblem(409, "wrong-state");
    }

    private static int Told(Backend backend, string what) => backend.Log.Lines.Count(line => line.Contains(what, StringComparison.Ordinal));

    private static (string, string) LastEvent(Reply page, Index at)
    {
        var line = page.Json["events"]!.AsArray().ToList()[at]!;
        return (line["actor"]!.ToString(), line["code"]!.ToString());
    }

    private static async Task<WireMac> FailedAsync(Backend backend)
    {
        var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        backend.JumpCloud.Faults.Add(new Fault
        {
            Kind = FaultKind.Status,
            Method = "POST",
            Path = "/api/v2/systemgroups/*/members",
            Status = 404,
        });
        var failed = await backend.FinishAsync((await backend.TakeMessageAsync())!, 5);
        Assert.Equal("failed", (await mac.EnrollmentAsync()).Text("state"));
        return mac;
    }
}
