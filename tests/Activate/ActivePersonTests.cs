using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Activate;

/// <summary>Whether a password may be set is judged when it is set, however the person stood at verify.</summary>
public sealed class ActivePersonTests
{
    private const string Evil = "Evil-Horse-66-battery";

    [Fact]
    public async Task An_enrollment_begun_before_cannot_replace_the_password_of_a_person_who_has_enrolled_since()
    {
        await using var backend = await Backend.StartAsync();
        var (other, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        using var own = await EnrolledAsync(backend, anna);
        backend.Clock.Advance(TimeSpan.FromMinutes(90));

        (await other.ActivateAsync(Evil)).IsProblem(409, "wrong-state");

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, People.Password));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("secret")]
    public async Task Nor_days_later_by_who_keeps_verifying_the_person(string proof)
    {
        await using var backend = await Backend.StartAsync(new() { ["Identity:Proof"] = proof }, byHand: true);
        var anna = backend.AddPerson(People.New());
        var secret = proof == "none" ? null : anna.EmployeeIdentifier;
        using var other = new WireMac(backend);
        (await other.VerifyAsync(anna.Email, secret)).IsOk();
        using var own = new WireMac(backend);
        (await own.VerifyAsync(anna.Email, secret)).IsOk();
        (await own.ActivateAsync(People.Password)).IsOk();
        (await own.AssociateAsync()).IsOk();

        for (var day = 0; day < 6; day++)
        {
            backend.Clock.Advance(TimeSpan.FromHours(23));
            await backend.ReconcileAsync();
            var again = await other.VerifyAsync(anna.Email, secret);

            // Who is active is not verified on an address, and sets no password on a word.
            Assert.Equal(proof == "none" ? 403 : 200, (int)again.Status);
            Assert.NotEqual("true", again.Text("passwordRequired"));
            Assert.NotEqual(200, (int)(await other.ActivateAsync(Evil)).Status);
        }

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, People.Password));
    }

    [Fact]
    public async Task A_password_that_the_person_got_from_IT_since_stays_and_the_enrollment_ends()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        backend.GivePassword(anna.Id, "From-IT-55-battery");

        (await mac.ActivateAsync(Evil)).IsProblem(409, "wrong-state");

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, "From-IT-55-battery"));
        Assert.Equal("superseded", (await mac.EnrollmentAsync()).Text("state"));
        Assert.Equal(("superseded", "password-set-elsewhere"), await backend.LastEventAsync(mac));
        Assert.Equal("false", (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk().Text("passwordRequired"));
    }

    [Fact]
    public async Task A_password_that_IT_gave_after_the_enrollment_s_own_stays()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        (await mac.ActivateAsync(People.Password)).IsOk();
        backend.Clock.Advance(TimeSpan.FromMinutes(3));
        backend.GivePassword(anna.Id, "From-IT-55-battery");

        (await mac.ActivateAsync(Evil)).IsProblem(409, "wrong-state");
        (await mac.AssociateAsync()).IsProblem(409, "wrong-state");

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, "From-IT-55-battery"));
        Assert.Empty(backend.Bindings(mac));
    }

    [Fact]
    public async Task A_password_that_was_there_and_may_be_reset_stays_where_it_was_changed_since()
    {
        await using var backend = await Backend.StartAsync(new() { ["Identity:ResetActivePasswords"] = "true" });
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.Active(), People.Password);
        backend.Clock.Advance(TimeSpan.FromMinutes(3));
        backend.GivePassword(anna.Id, "From-IT-55-battery");

        (await mac.ActivateAsync(Evil)).IsProblem(409, "wrong-state");

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, "From-IT-55-battery"));
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        (await mac.ActivateAsync("Another-Horse-88-battery")).IsOk();
    }

    [Fact]
    public async Task The_first_of_two_Macs_to_set_the_password_ends_the_other_one_s_enrollment()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (first, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        using var second = new WireMac(backend);
        (await second.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        Assert.Equal("verified-elsewhere", (await backend.LastEventAsync(first)).Code);

        (await first.ActivateAsync(People.Password)).IsOk();

        Assert.Equal("superseded", (await second.EnrollmentAsync()).Text("state"));
        (await second.ActivateAsync("Other-Horse-66-battery")).IsProblem(409, "wrong-state");
        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, People.Password));
        Assert.Equal([Backend.EnrollmentGroupName], backend.GroupsOf(first));
        Assert.Empty(backend.GroupsOf(second));
    }

    [Fact]
    public async Task The_last_of_two_Macs_to_verify_may_be_the_first_to_set_the_password()
    {
        await using var backend = await Backend.StartAsync();
        var (first, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        using var second = new WireMac(backend);
        (await second.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        (await second.ActivateAsync(People.Password)).IsOk();

        Assert.Equal("superseded", (await first.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task An_enrollment_of_the_month_before_ends_as_well()
    {
        await using var backend = await Backend.StartAsync();
        backend.Clock.Advance(UntilNextMonth(backend) - TimeSpan.FromMinutes(10));
        var (first, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        backend.Clock.Advance(TimeSpan.FromMinutes(30));
        using var second = new WireMac(backend);
        (await second.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        (await first.ActivateAsync(People.Password)).IsOk();

        Assert.Equal("superseded", (await second.EnrollmentAsync()).Text("state"));
        (await second.ActivateAsync(Evil)).IsProblem(409, "wrong-state");
        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, People.Password));
    }

    [Fact]
    public async Task Of_more_than_sixteen_Macs_that_verify_one_person_the_oldest_enrollment_ends()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        List<WireMac> macs = [.. Enumerable.Range(0, 17).Select(_ => new WireMac(backend, keyNumber: 0))];
        foreach (var mac in macs)
        {
            (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        }

        Assert.Equal("superseded", (await macs[0].EnrollmentAsync()).Text("state"));
        Assert.Equal("verified", (await macs[1].EnrollmentAsync()).Text("state"));
        (await macs[^1].ActivateAsync(People.Password)).IsOk();
        Assert.Equal("superseded", (await macs[1].EnrollmentAsync()).Text("state"));
        macs.ForEach(mac => mac.Dispose());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_Macs_that_set_a_password_at_once_one_does_and_the_person_has_its_password(bool isNextMonth)
    {
        for (var run = 0; run < 3; run++)
        {
            await using var backend = await Backend.StartAsync();
            if (isNextMonth)
            {
                backend.Clock.Advance(UntilNextMonth(backend) - TimeSpan.FromMinutes(10));
            }

            var (first, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
            backend.Clock.Advance(isNextMonth ? TimeSpan.FromMinutes(30) : TimeSpan.Zero);
            using var second = new WireMac(backend);
            (await second.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
            backend.Slow("PUT", "/api/systemusers/*", 500, times: 2);

            var replies = await Task.WhenAll(first.ActivateAsync(People.Password), second.ActivateAsync("Other-Horse-66-battery"));

            Assert.True(replies.Count(reply => (int)reply.Status == 200) <= 1, string.Join(' ', replies.Select(reply => reply.Status)));
            Assert.All(replies.Where(reply => (int)reply.Status != 200), reply => Assert.True(reply.Code is "busy" or "wrong-state", reply.Body));
            Assert.True(backend.JumpCloud.Tenant.Now.Users[anna.Id].User.Passwords.Count <= 1);
            first.Dispose();
        }
    }

    [Theory]
    [InlineData("suspended", "suspended")]
    [InlineData("administrator", "administrator")]
    [InlineData("held-elsewhere", "password-held-elsewhere")]
    [InlineData("bound-elsewhere", "bound-elsewhere")]
    [InlineData("deleted", "unknown")]
    public async Task Who_may_not_enroll_any_more_gets_no_password_and_no_Mac_for_the_same_work(string change, string reason)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        backend.Change(anna.Id, change);
        backend.JumpCloud.Journal.Clear();

        (await mac.ActivateAsync(Evil)).IsProblem(409, "wrong-state");

        // Where the enrollment ends with it, its Mac leaves the enrollment group besides.
        var ends = change == "bound-elsewhere" ? 1 : 0;
        Assert.Equal(2 + ends, backend.JumpCloud.Journal.Requests.Count);
        var line = await backend.LineOfAsync("POST /api/activate");
        Assert.Contains($": 3 table operations, {2 + ends} directory calls", line, StringComparison.Ordinal);
        (await mac.AssociateAsync()).IsProblem(409, "wrong-state");
        Assert.False(change != "deleted" && backend.JumpCloud.Tenant.CheckPassword(anna.Id, Evil));
        Assert.Empty(backend.Bindings(mac));
        Assert.Contains(await backend.EventsOfAsync(mac), line => line.Detail == reason);
    }

    [Theory]
    [InlineData("suspended")]
    [InlineData("administrator")]
    public async Task Who_may_not_enroll_any_more_since_the_password_gets_no_Mac(string change)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        (await mac.ActivateAsync(People.Password)).IsOk();
        backend.Change(anna.Id, change);

        (await mac.AssociateAsync()).IsProblem(403, "device-not-eligible");

        Assert.Empty(backend.Bindings(mac));
        Assert.Equal(("person-refused", change), await backend.LastEventAsync(mac));
        Assert.Equal("activated", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task An_active_person_may_have_two_Macs()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.Active(), People.Password);
        foreach (var _ in new[] { 1, 2 })
        {
            var mac = new WireMac(backend);
            (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
            (await mac.AssociateAsync()).IsOk();
            mac.Dispose();
        }
    }

    [Fact]
    public async Task Who_is_bound_to_a_Mac_cannot_be_given_a_password_by_an_enrollment_begun_before()
    {
        await using var backend = await Backend.StartAsync();
        var (other, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        backend.GivePassword(anna.Id, People.Password);
        using var own = new WireMac(backend);
        (await own.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        (await own.AssociateAsync()).IsOk();

        Assert.Equal("superseded", (await other.EnrollmentAsync()).Text("state"));
        other.Dispose();
    }

    private static TimeSpan UntilNextMonth(Backend backend)
    {
        var now = backend.Clock.GetUtcNow();
        return new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1) - now;
    }

    private static async Task<WireMac> EnrolledAsync(Backend backend, TenantUser anna)
    {
        var own = new WireMac(backend);
        (await own.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        (await own.ActivateAsync(People.Password)).IsOk();
        (await own.AssociateAsync()).IsOk();
        backend.ShowManaged(own, "anna");
        (await own.CompleteAsync()).IsOk(202);
        await own.UntilAsync("completed");
        return own;
    }
}
