using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Activate;

public sealed class ActivateTests
{
    [Fact]
    public async Task A_staged_person_gets_a_password_and_becomes_active_without_a_mail()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await VerifiedAsync(backend, People.New());

        Assert.Equal("activated", (await mac.ActivateAsync(People.Password)).IsOk().Text("state"));

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, People.Password));
        Assert.Equal("ACTIVATED", backend.JumpCloud.Tenant.Now.Users[anna.Id].User.State);
        Assert.Equal("associate", (await mac.EnrollmentAsync()).Text("next"));
    }

    [Fact]
    public async Task It_may_be_repeated_with_the_same_and_with_another_password_until_the_binding()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await VerifiedAsync(backend, People.New());
        (await mac.ActivateAsync(People.Password)).IsOk();

        (await mac.ActivateAsync(People.Password)).IsOk();
        (await mac.ActivateAsync("Another-Horse-88-battery")).IsOk();

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, "Another-Horse-88-battery"));
        (await mac.AssociateAsync()).IsOk();
        (await mac.ActivateAsync("A-third-Horse-99-battery")).IsProblem(409, "wrong-state");
        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, "Another-Horse-88-battery"));
    }

    [Fact]
    public async Task A_lost_answer_to_the_password_is_made_good_by_the_repeated_call()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await VerifiedAsync(backend, People.New());
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.LostReply, Method = "PUT", Path = "/api/systemusers/*", Times = 1 });

        (await mac.ActivateAsync(People.Password)).IsProblem(503, "directory-unavailable");
        (await mac.ActivateAsync(People.Password)).IsOk();

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, People.Password));
        Assert.Equal("ACTIVATED", backend.JumpCloud.Tenant.Now.Users[anna.Id].User.State);
    }

    [Fact]
    public async Task A_password_against_the_rules_is_refused_with_the_rules_that_it_breaks()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await VerifiedAsync(backend, People.New());

        var reply = (await mac.ActivateAsync("short")).IsProblem(422, "password-rejected");

        Assert.NotEmpty(reply.Json["violations"]!.AsArray());
        Assert.Equal("password", reply.Text("field"));
        Assert.Equal("verified", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task A_refusal_that_names_no_rule_is_one_of_the_password_all_the_same()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await VerifiedAsync(backend, People.New());
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Method = "PUT", Path = "/api/systemusers/*", Status = 400 });

        var reply = (await mac.ActivateAsync(People.Password)).IsProblem(422, "password-rejected");

        Assert.Equal("unknown", Assert.Single(reply.Json["violations"]!.AsArray())!.ToString());
    }

    [Fact]
    public async Task A_person_who_needs_no_password_cannot_set_one()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await VerifiedAsync(backend, People.Active(), People.Password);

        (await mac.ActivateAsync("Another-Horse-88-battery")).IsProblem(409, "wrong-state");

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, People.Password));
        Assert.Equal(0, backend.JumpCloud.Journal.Count("PUT", "/api/systemusers/*"));
    }

    [Fact]
    public async Task An_active_person_may_set_one_where_the_setting_allows_it_but_not_an_old_one()
    {
        await using var backend = await Backend.StartAsync(new() { ["Identity:ResetActivePasswords"] = "true" });
        var (mac, anna) = await VerifiedAsync(backend, People.Active(), People.Password);

        var reply = (await mac.ActivateAsync(People.Password)).IsProblem(422, "password-rejected");
        Assert.Equal("passwordHistory", reply.Json["violations"]![0]!.ToString());

        (await mac.ActivateAsync("Another-Horse-88-battery")).IsOk();
        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, "Another-Horse-88-battery"));
    }

    [Fact]
    public async Task A_person_deleted_meanwhile_is_told_apart_from_a_failure()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await VerifiedAsync(backend, People.New());
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Method = "PUT", Path = "/api/systemusers/*", Status = 404 });

        (await mac.ActivateAsync(People.Password)).IsProblem(409, "wrong-state");
    }

    [Theory]
    [InlineData(FaultKind.Html, 502)]
    [InlineData(FaultKind.Status, 429)]
    [InlineData(FaultKind.Status, 500)]
    [InlineData(FaultKind.TruncatedJson, 200)]
    [InlineData(FaultKind.Empty, 200)]
    [InlineData(FaultKind.Reset, 0)]
    public async Task Whatever_JumpCloud_answers_instead_is_unavailable_and_sent_once(object kind, int status)
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await VerifiedAsync(backend, People.New());
        backend.JumpCloud.Faults.Add(new Fault { Kind = (FaultKind)kind, Method = "PUT", Path = "/api/systemusers/*", Status = status });

        (await mac.ActivateAsync(People.Password)).IsProblem(503, "directory-unavailable");

        Assert.Equal(1, backend.JumpCloud.Journal.Count("PUT", "/api/systemusers/*"));
        Assert.Equal("verified", (await mac.EnrollmentAsync()).Text("state"));
        backend.JumpCloud.Faults.Clear();
        (await mac.ActivateAsync(People.Password)).IsOk();
    }

    internal static async Task<(WireMac Mac, TenantUser Person)> VerifiedAsync(Backend backend, TenantUser person, string? password = null)
    {
        var added = backend.AddPerson(person, password);
        var mac = new WireMac(backend);
        (await mac.VerifyAsync(added.Email, added.EmployeeIdentifier)).IsOk();
        return (mac, added);
    }
}
