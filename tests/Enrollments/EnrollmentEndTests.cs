using System.Net;
using Prestage.Functions.Enrollments;
using Prestage.Tests.Activate;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Enrollments;

/// <summary>Whatever ends an enrollment takes its Mac out of the enrollment group.</summary>
public sealed class EnrollmentEndTests
{
    [Theory]
    [InlineData("cancelled")]
    [InlineData("released")]
    [InlineData("expired")]
    [InlineData("failed")]
    [InlineData("poison-message")]
    [InlineData("superseded")]
    public async Task A_Mac_whose_enrollment_ends_early_leaves_the_enrollment_group(string end)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        using var mac = await ReadyAsync(backend, end);
        Assert.Equal([Backend.EnrollmentGroupName], backend.GroupsOf(mac));

        await EndAsync(backend, mac, end);

        var state = end is "released" ? "cancelled" : end is "poison-message" ? "failed" : end;
        Assert.Equal(state, (await mac.EnrollmentAsync()).Text("state"));
        Assert.Empty(backend.GroupsOf(mac));
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("released")]
    [InlineData("expired")]
    [InlineData("failed")]
    [InlineData("poison-message")]
    [InlineData("superseded")]
    public async Task Where_JumpCloud_is_away_then_the_timer_makes_up_for_it(string end)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        using var mac = await ReadyAsync(backend, end);
        backend.Refuse("POST", "/api/v2/systemgroups/*/members");
        await EndAsync(backend, mac, end);
        Assert.Equal([Backend.EnrollmentGroupName], backend.GroupsOf(mac));
        await ReconcileAsync(backend);
        Assert.Equal([Backend.EnrollmentGroupName], backend.GroupsOf(mac));

        backend.JumpCloud.Faults.Clear();
        await ReconcileAsync(backend);

        Assert.Empty(backend.GroupsOf(mac));
    }

    [Fact]
    public async Task A_Mac_that_a_late_verify_put_back_into_the_group_leaves_it_and_then_costs_no_run_anything()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        using var mac = await ReadyAsync(backend, "cancelled");
        await EndAsync(backend, mac, "cancelled");
        backend.JumpCloud.Tenant.AddMember(backend.EnrollmentGroup, mac.SystemId);
        await ReconcileAsync(backend);
        Assert.Empty(backend.GroupsOf(mac));
        backend.JumpCloud.Tenant.AddMember(backend.EnrollmentGroup, mac.SystemId);

        backend.Clock.Advance(TimeSpan.FromMinutes(3));
        await ReconcileAsync(backend);
        Assert.Empty(backend.GroupsOf(mac));

        backend.JumpCloud.Journal.Clear();
        await ReconcileAsync(backend);
        Assert.Empty(backend.JumpCloud.Journal.Requests);
    }

    [Fact]
    public async Task A_Mac_that_enrolls_again_stays_in_the_group()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        using var mac = await ReadyAsync(backend, "cancelled");
        await EndAsync(backend, mac, "cancelled");
        var ben = backend.AddPerson(People.New("ben"));
        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsOk();

        await ReconcileAsync(backend);
        backend.Clock.Advance(TimeSpan.FromMinutes(3));
        await ReconcileAsync(backend);

        Assert.Equal([Backend.EnrollmentGroupName], backend.GroupsOf(mac));
    }

    [Fact]
    public async Task A_failed_enrollment_that_is_retried_ends_in_its_final_group()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        using var mac = await ReadyAsync(backend, "failed");
        await EndAsync(backend, mac, "failed");
        (await new PortalClient(backend).PostAsync($"enrollments/{IdOf(mac)}/retry")).IsOk(202);

        await backend.FinishAsync((await backend.TakeMessageAsync())!, 1);
        backend.Clock.Advance(TimeSpan.FromMinutes(3));
        await ReconcileAsync(backend);

        Assert.Equal("completed", (await mac.EnrollmentAsync()).Text("state"));
        Assert.Equal([Backend.PostEnrollmentGroupName], backend.GroupsOf(mac));
    }

    [Fact]
    public async Task One_Mac_that_JumpCloud_refuses_keeps_no_other_in_the_group()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        using var first = await ReadyAsync(backend, "cancelled");
        var (second, _) = await ActivateTests.VerifiedAsync(backend, People.New("ben"));
        backend.Refuse("POST", "/api/v2/systemgroups/*/members");
        await EndAsync(backend, first, "cancelled");
        await EndAsync(backend, second, "cancelled");
        backend.JumpCloud.Faults.Clear();
        backend.Refuse("POST", "/api/v2/systemgroups/*/members", times: 1);

        await ReconcileAsync(backend);

        Assert.Single(new[] { first, second }, mac => backend.GroupsOf(mac).Count == 0);
        second.Dispose();
    }

    [Fact]
    public async Task A_binding_that_was_written_after_the_end_is_told()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.Active(), People.Password);
        backend.Slow("POST", "/api/v2/systems/*/associations", 1500);
        var associate = mac.AssociateAsync();
        await Wait.UntilAsync(async () => (await backend.LastEventAsync(mac)).Code == "associating");

        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();
        (await associate).IsProblem(409, "wrong-state");

        Assert.Single(backend.Bindings(mac));
        Assert.Equal("bound-after-end", (await backend.LastEventAsync(mac)).Code);
    }

    [Fact]
    public async Task Groups_that_were_swapped_after_the_end_are_told()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        using var mac = await ReadyAsync(backend, "failed");
        backend.Slow("GET", "/api/v2/systems/*/memberof", 1500);
        var message = (await backend.TakeMessageAsync())!;
        var delivery = backend.FinishAsync(message, 1);
        await backend.UntilCalledAsync("POST", $"/api/v2/systemgroups/{backend.PostEnrollmentGroup}/members", 1);

        await EndAsync(backend, mac, "cancelled");
        Assert.True(await delivery);

        Assert.Equal("groups-swapped-after-end", (await backend.LastEventAsync(mac)).Code);
        Assert.Equal("cancelled", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Theory]
    [InlineData("suspended")]
    [InlineData("administrator")]
    [InlineData("password")]
    public async Task Who_may_not_enroll_any_more_is_not_finished_until_IT_retries(string change)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        using var mac = await ReadyAsync(backend, "failed");
        var anna = backend.JumpCloud.Tenant.Now.Users.Values.Single().User;
        backend.Clock.Advance(TimeSpan.FromMinutes(3));
        if (change == "password")
        {
            backend.GivePassword(anna.Id, "From-IT-55-battery");
        }
        else
        {
            backend.Change(anna.Id, change);
        }

        await backend.FinishAsync((await backend.TakeMessageAsync())!, 1);

        Assert.Equal("failed", (await mac.EnrollmentAsync()).Text("state"));
        Assert.Empty(backend.GroupsOf(mac));
        backend.JumpCloud.Tenant.UpdateUser(anna.Id, user => user with { Suspended = false, State = "ACTIVATED", Admin = null });
        (await new PortalClient(backend).PostAsync($"enrollments/{IdOf(mac)}/retry")).IsOk(202);
        await backend.FinishAsync((await backend.TakeMessageAsync())!, 1);
        Assert.Equal("completed", (await mac.EnrollmentAsync()).Text("state"));
    }

    private static async Task<WireMac> ReadyAsync(Backend backend, string end)
    {
        if (end is not ("failed" or "poison-message"))
        {
            return (await ActivateTests.VerifiedAsync(backend, People.New())).Mac;
        }

        var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        return mac;
    }

    private static async Task EndAsync(Backend backend, WireMac mac, string end)
    {
        var portal = new PortalClient(backend);
        switch (end)
        {
            case "cancelled":
                (await portal.PostAsync($"enrollments/{IdOf(mac)}/cancel")).IsOk();
                break;
            case "released":
                (await portal.PostAsync($"devices/{mac.SystemId}/release")).IsOk();
                break;
            case "expired":
                var token = mac.Token;
                backend.Clock.Advance(TimeSpan.FromHours(23));
                (await mac.RenewTokenAsync()).IsOk();
                backend.Clock.Advance(TimeSpan.FromMinutes(61));
                await ReconcileAsync(backend);
                Assert.NotEqual(token, mac.Token);
                break;
            case "failed":
                backend.Refuse("GET", "/api/systems/*", times: 1);
                await backend.FinishAsync((await backend.TakeMessageAsync())!, 5);
                break;
            case "poison-message":
                await backend.PoisonAsync((await backend.TakeMessageAsync())!);
                break;
            default:
                await SupersedeAsync(backend);
                break;
        }
    }

    // On another Mac of the same person.
    private static async Task SupersedeAsync(Backend backend)
    {
        var anna = backend.JumpCloud.Tenant.Now.Users.Values.Single().User;
        using var other = new WireMac(backend);
        var verified = await other.VerifyAsync(anna.Email, anna.EmployeeIdentifier);
        if (verified.Status != HttpStatusCode.OK)
        {
            // The group is refused; the enrollment is there, and the Mac gets its token.
            (await other.RenewTokenAsync()).IsOk();
        }

        (await other.ActivateAsync(People.Password)).IsOk();
    }

    private static async Task ReconcileAsync(Backend backend)
    {
        var answer = await backend.ReconcileAsync();
        Assert.True(answer);
    }

    private static EnrollmentId IdOf(WireMac mac) => EnrollmentId.Parse(mac.Token!.Split('.')[0]);
}
