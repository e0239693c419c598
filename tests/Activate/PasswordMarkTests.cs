using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Activate;

/// <summary>What activate calls set is the password that JumpCloud has, whatever was lost before.</summary>
public sealed class PasswordMarkTests
{
    private const string First = "First-Horse-77-battery";
    private const string Second = "Second-Horse-88-battery";

    [Fact]
    public async Task An_earlier_one_of_two_passwords_is_refused_and_not_called_set()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        (await mac.ActivateAsync(First)).IsOk();
        (await mac.ActivateAsync(Second)).IsOk();

        var third = (await mac.ActivateAsync(First)).IsProblem(422, "password-rejected");

        Assert.Equal("passwordHistory", third.Json["violations"]![0]!.ToString());
        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, Second));
        (await mac.ActivateAsync("Third-Horse-99-battery")).IsOk();
    }

    [Fact]
    public async Task A_password_that_is_repeated_after_two_lost_answers_is_refused_since_nobody_knows_which_is_there()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.LostReply, Method = "PUT", Path = "/api/systemusers/*", Times = 2 });
        (await mac.ActivateAsync(First)).IsProblem(503, "directory-unavailable");
        (await mac.ActivateAsync(Second)).IsProblem(503, "directory-unavailable");

        (await mac.ActivateAsync(First)).IsProblem(422, "password-rejected");

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, Second));
    }

    [Fact]
    public async Task A_refused_password_leaves_no_doubt_about_the_one_before()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        (await mac.ActivateAsync(First)).IsOk();
        (await mac.ActivateAsync("short")).IsProblem(422, "password-rejected");

        (await mac.ActivateAsync(First)).IsOk();

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, First));
    }

    [Fact]
    public async Task An_old_password_of_a_person_whom_no_call_gave_one_is_refused()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());

        // JumpCloud remembers a password that the person has no longer, and the call of another one does not arrive.
        backend.GivePassword(anna.Id, First);
        backend.JumpCloud.Tenant.UpdateUser(anna.Id, user => user with { Activated = false, PasswordDate = null });
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Reset, Method = "PUT", Path = "/api/systemusers/*", Times = 1 });
        (await mac.ActivateAsync(Second)).IsProblem(503, "directory-unavailable");

        (await mac.ActivateAsync(First)).IsProblem(422, "password-rejected");
    }

    [Fact]
    public async Task The_password_that_a_person_had_before_is_refused_after_one_of_ours()
    {
        await using var backend = await Backend.StartAsync(new() { ["Identity:ResetActivePasswords"] = "true" });
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.Active(), People.Password);
        (await mac.ActivateAsync(First)).IsOk();

        (await mac.ActivateAsync(People.Password)).IsProblem(422, "password-rejected");

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, First));
    }

    [Fact]
    public async Task A_call_that_dies_after_JumpCloud_took_the_password_is_made_good_by_the_next_one()
    {
        await using var proxy = await StorageProxy.StartAsync(await AzuriteFixture.NewAccountAsync());
        await using var backend = await Backend.StartAsync(storage: proxy.ConnectionString);
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        await backend.DieAfterAsync(proxy, "PUT", "/api/systemusers/*", () => mac.ActivateAsync(People.Password));
        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, People.Password));
        Assert.Equal("verified", (await mac.EnrollmentAsync()).Text("state"));

        // What died may still be on its way: nobody else is let in meanwhile.
        Assert.Equal(15, (int)(await mac.ActivateAsync(People.Password)).IsProblem(429, "busy").Json["retryAfterSeconds"]!);
        backend.Clock.Advance(TimeSpan.FromMinutes(2));

        (await mac.ActivateAsync(People.Password)).IsOk();
        (await mac.AssociateAsync()).IsOk();
    }

    [Fact]
    public async Task The_mark_is_written_before_JumpCloud_is_asked_for_anything()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Reset, Path = "/api/systemusers/*" });

        (await mac.ActivateAsync(People.Password)).IsProblem(503, "directory-unavailable");

        Assert.Equal(["verified", "setting-password", "password-not-set"], (await backend.EventsOfAsync(mac)).Select(line => line.Code));
        backend.JumpCloud.Faults.Clear();
        (await mac.ActivateAsync(People.Password)).IsOk();
    }

    [Fact]
    public async Task A_password_that_was_set_after_the_enrollment_s_end_is_told()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        backend.Slow("PUT", "/api/systemusers/*", 1500);
        var activate = mac.ActivateAsync(People.Password);
        await Wait.UntilAsync(async () => (await backend.LastEventAsync(mac)).Code == "setting-password");

        (await new PortalClient(backend).PostAsync($"enrollments/{mac.Token!.Split('.')[0]}/cancel")).IsOk();
        (await activate).IsProblem(409, "wrong-state");

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, People.Password));
        Assert.Equal("password-set-after-end", (await backend.LastEventAsync(mac)).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_verify_after_a_lost_answer_knows_whether_the_password_that_is_there_can_be_its_own(bool own)
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        var kind = own ? FaultKind.LostReply : FaultKind.Reset;
        backend.JumpCloud.Faults.Add(new Fault { Kind = kind, Method = "PUT", Path = "/api/systemusers/*", Times = 1 });
        (await mac.ActivateAsync(People.Password)).IsProblem(503, "directory-unavailable");
        backend.Clock.Advance(TimeSpan.FromMinutes(3));
        if (!own)
        {
            backend.GivePassword(anna.Id, "From-IT-55-battery");
        }

        var again = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        Assert.Equal(own ? "true" : "false", again.Text("passwordRequired"));
    }
}
