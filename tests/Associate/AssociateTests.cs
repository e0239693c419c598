using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Activate;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Associate;

public sealed class AssociateTests
{
    [Fact]
    public async Task The_person_is_bound_and_the_binding_was_read_back()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.Active(), People.Password);

        var reply = (await mac.AssociateAsync()).IsOk();

        Assert.Equal("associated", reply.Text("state"));
        Assert.Equal("anna", reply.Json["account"]!["username"]!.ToString());
        Assert.False(Assert.Single(backend.Bindings(mac), binding => binding.UserId == anna.Id).Sudo);
        Assert.Equal(1, backend.JumpCloud.Journal.Count("GET", "/api/v2/systems/*/associations"));
        Assert.Equal("complete", (await mac.EnrollmentAsync()).Text("next"));
    }

    [Fact]
    public async Task It_needs_the_password_first_where_one_is_required()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());

        (await mac.AssociateAsync()).IsProblem(409, "wrong-state");

        Assert.Empty(backend.Bindings(mac));
    }

    [Fact]
    public async Task A_binding_that_exists_is_success_and_its_sudo_is_set_right()
    {
        await using var backend = await Backend.StartAsync(new() { ["Account:Admin"] = "true" });
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.Active(), People.Password);
        backend.JumpCloud.Tenant.Bind(mac.SystemId, anna.Id, sudo: false);

        (await mac.AssociateAsync()).IsOk();

        Assert.True(Assert.Single(backend.Bindings(mac)).Sudo);
    }

    [Fact]
    public async Task Repeated_and_parallel_calls_leave_one_binding_and_the_same_answer()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.Active(), People.Password);

        var replies = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => mac.AssociateAsync()));
        var again = await mac.AssociateAsync();

        Assert.All([.. replies, again], reply => Assert.Equal("associated", reply.IsOk().Text("state")));
        Assert.Single(backend.Bindings(mac));
    }

    [Fact]
    public async Task A_staged_person_with_a_password_is_activated_with_the_binding()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.Active() with { State = "STAGED" }, People.Password);

        (await mac.AssociateAsync()).IsOk();

        Assert.Equal("ACTIVATED", backend.JumpCloud.Tenant.Now.Users[anna.Id].User.State);
    }

    [Fact]
    public async Task An_activation_that_JumpCloud_said_yes_to_and_did_not_do_is_made_good()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Empty, Path = "/api/systemusers/{id}/state/activate", Times = 2 });
        (await mac.ActivateAsync(People.Password)).IsOk();
        Assert.Equal("STAGED", backend.JumpCloud.Tenant.Now.Users[anna.Id].User.State);

        (await mac.AssociateAsync()).IsProblem(503, "directory-unavailable");
        (await mac.AssociateAsync()).IsOk();

        Assert.Equal("ACTIVATED", backend.JumpCloud.Tenant.Now.Users[anna.Id].User.State);
    }

    [Fact]
    public async Task A_binding_that_does_not_show_yet_is_asked_for_again()
    {
        await using var backend = await Backend.StartAsync(tenant: new() { ReadDelayMilliseconds = 60_000 });
        var anna = backend.AddPerson(People.Active(), People.Password);
        using var mac = new WireMac(backend);
        backend.Clock.Advance(TimeSpan.FromMinutes(2));
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        var reply = (await mac.AssociateAsync()).IsProblem(503, "directory-unavailable");
        Assert.Equal("1", reply.Headers["Retry-After"]);
        Assert.Equal("associating", (await mac.EnrollmentAsync()).Text("state"));

        backend.Clock.Advance(TimeSpan.FromMinutes(2));
        (await mac.AssociateAsync()).IsOk();
    }

    [Fact]
    public async Task A_lost_answer_to_the_binding_is_repeated_and_understood()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.Active(), People.Password);
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.LostReply, Method = "POST", Path = "/api/v2/systems/*/associations", Times = 1 });

        (await mac.AssociateAsync()).IsOk();

        Assert.Single(backend.Bindings(mac));
    }

    [Theory]
    [InlineData("suspended")]
    [InlineData("administrator")]
    public async Task Who_may_not_enroll_any_more_since_the_binding_was_begun_gets_no_Mac(string change)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.Active(), People.Password);
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Reset, Method = "POST", Path = "/api/v2/systems/*/associations" });
        (await mac.AssociateAsync()).IsProblem(503, "directory-unavailable");
        Assert.Equal("associating", (await mac.EnrollmentAsync()).Text("state"));
        backend.JumpCloud.Faults.Clear();
        backend.Change(anna.Id, change);

        (await mac.AssociateAsync()).IsProblem(403, "device-not-eligible");

        Assert.Empty(backend.Bindings(mac));
        Assert.Equal(("person-refused", change), await backend.LastEventAsync(mac));
    }

    [Fact]
    public async Task A_Mac_that_JumpCloud_no_longer_knows_is_refused()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.Active(), People.Password);
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Method = "POST", Path = "/api/v2/systems/*/associations", Status = 404 });

        (await mac.AssociateAsync()).IsProblem(403, "device-not-eligible");
    }

    [Fact]
    public async Task JumpClouds_wish_to_wait_is_honored_within_the_call()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.Active(), People.Password);
        backend.JumpCloud.Faults.Add(new Fault
        {
            Kind = FaultKind.Status,
            Method = "POST",
            Path = "/api/v2/systems/*/associations",
            Status = 429,
            RetryAfterSeconds = 1,
            Times = 1,
        });

        (await mac.AssociateAsync()).IsOk();

        var calls = backend.JumpCloud.Journal.Find("POST", "/api/v2/systems/*/associations");
        Assert.Equal(2, calls.Count);
        Assert.True(calls[1].At - calls[0].At >= TimeSpan.FromSeconds(0.9));
    }
}
