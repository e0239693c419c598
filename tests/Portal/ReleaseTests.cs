using System.Net;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Portal;

public sealed class ReleaseTests
{
    [Fact]
    public async Task A_released_Mac_enrolls_another_person_once_and_only_once()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        await mac.UntilAsync("completed");
        var annas = mac.Token!;
        var ben = backend.AddPerson(People.Active("ben"), People.Password);
        var carl = backend.AddPerson(People.Active("carl"), People.Password);
        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsProblem(409, "already-enrolled");

        var released = (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();

        Assert.Equal(annas.Split('.')[0], released.Text("enrollmentId"));
        Assert.Single(backend.Bindings(mac));
        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsOk();
        Assert.NotEqual(annas.Split('.')[0], mac.Token!.Split('.')[0]);
        (await mac.AssociateAsync()).IsOk();
        (await mac.VerifyAsync(carl.Email, carl.EmployeeIdentifier)).IsProblem(409, "already-enrolled");
        Assert.Equal("completed", (await mac.SendAsync(HttpMethod.Get, "/api/enrollment", null, $"Bearer {annas}")).Text("state"));
    }

    [Fact]
    public async Task A_released_old_Mac_enrolls_once_and_only_once_and_may_resume()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var ben = backend.AddPerson(People.New("ben"));
        var carl = backend.AddPerson(People.New("carl"));
        using var mac = OldMac(backend);
        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");

        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();

        (await mac.VerifyAsync(ben.Email, "wrong")).IsProblem(403, "not-verified");
        var first = (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsOk();
        Assert.Equal(first.Text("enrollmentId"), (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsOk().Text("enrollmentId"));
        (await mac.VerifyAsync(carl.Email, carl.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");
        Assert.Equal("verified", (await mac.EnrollmentAsync()).Text("state"));
        (await new PortalClient(backend).PostAsync($"enrollments/{first.Text("enrollmentId")}/cancel")).IsOk();
        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");
    }

    [Fact]
    public async Task Many_people_racing_for_a_released_old_Mac_leave_one_enrollment()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Attempts:Max", "100")));
        var people = Enumerable.Range(0, 8).Select(i => backend.AddPerson(People.New($"person{i}"))).ToList();
        using var mac = OldMac(backend);
        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();

        var replies = await Task.WhenAll(people.Select(person => mac.WithProofAsync(
            "/api/verify", new { nonce = WireMac.Nonce(), serialNumber = mac.SerialNumber, identifier = person.Email, secret = person.EmployeeIdentifier })));

        Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK);
        Assert.All(replies.Where(reply => reply.Status != HttpStatusCode.OK), reply => reply.IsProblem(403, "device-not-eligible"));
        Assert.Single(await backend.RowsAsync("Enrollments"), row => row.RowKey.StartsWith("s|", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("complete")]
    public async Task A_release_is_used_up_with_the_end_of_its_enrollment_and_tells_right_from_wrong_no_longer(string end)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var anna = backend.AddPerson(People.New());
        using var mac = OldMac(backend);
        var portal = new PortalClient(backend);
        (await portal.PostAsync($"devices/{mac.SystemId}/release")).IsOk();
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        if (end == "cancel")
        {
            (await portal.PostAsync($"enrollments/{mac.Token!.Split('.')[0]}/cancel")).IsOk();
        }
        else
        {
            (await mac.ActivateAsync(People.Password)).IsOk();
            (await mac.AssociateAsync()).IsOk();
            backend.ShowManaged(mac, "anna");
            (await mac.CompleteAsync()).IsOk(202);
            await mac.UntilAsync("completed");
        }

        backend.JumpCloud.Journal.Clear();
        (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "device-not-eligible");
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");

        Assert.Equal(0, backend.JumpCloud.Journal.Count("POST", "/api/search/systemusers"));
    }

    [Fact]
    public async Task A_verify_that_died_behind_the_pointer_keeps_the_release()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var ben = backend.AddPerson(People.New("ben"));
        using var mac = OldMac(backend);
        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();
        var pointed = await backend.PointAsync(mac.SystemId);

        Assert.Equal(pointed, (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsOk().Text("enrollmentId"));
    }

    [Fact]
    public async Task A_release_between_a_verify_s_pointer_and_its_row_is_that_verify_s()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var ben = backend.AddPerson(People.New("ben"));
        using var mac = OldMac(backend);
        var pointed = await backend.PointAsync(mac.SystemId);
        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");

        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();

        Assert.True((bool)(await new PortalClient(backend).GetAsync($"devices/{mac.SystemId}")).IsOk().Json["released"]!);
        Assert.Equal(pointed, (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsOk().Text("enrollmentId"));
        Assert.False((bool)(await new PortalClient(backend).GetAsync($"devices/{mac.SystemId}")).IsOk().Json["released"]!);
    }

    [Fact]
    public async Task An_open_enrollment_ends_with_the_release_so_that_its_token_cannot_bind()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var anna = backend.AddPerson(People.Active(), People.Password);
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();

        (await mac.AssociateAsync()).IsProblem(409, "wrong-state");
        Assert.Empty(backend.Bindings(mac));
        (await mac.RenewTokenAsync()).IsProblem(404, "not-found");
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        (await mac.AssociateAsync()).IsOk();
    }

    [Fact]
    public async Task The_Mac_s_lock_goes_with_the_release()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Attempts:Max", "1")));
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync("nobody@example.com", "wrong")).IsProblem(403, "not-verified");
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(429, "locked");

        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    [Fact]
    public async Task A_Mac_s_lock_and_an_identity_s_are_released_each_for_itself()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Attempts:Max", "1")));
        var portal = new PortalClient(backend);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified");

        Assert.Equal("true", (await portal.PostAsync("attempts/release", new { systemId = mac.SystemId })).IsOk().Text("released"));
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(429, "locked");
        Assert.Equal("true", (await portal.PostAsync("attempts/release", new { identifier = $" {anna.Email.ToUpperInvariant()} " })).IsOk().Text("released"));
        Assert.Equal("false", (await portal.PostAsync("attempts/release", new { identifier = anna.Email })).IsOk().Text("released"));

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        var operators = (await backend.EventsAsync("Devices")).Where(row => row.GetString("Actor") != "backend").ToList();
        Assert.All(operators, row => Assert.Equal(("portal-key", "attempts-released"), (row.GetString("Actor"), row.GetString("Code"))));
        Assert.Equal(3, operators.Count);
        Assert.DoesNotContain(await backend.EventsAsync("Devices"), row => row.PartitionKey.Contains("anna", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}", "identifier")]
    [InlineData("{\"identifier\":\"a\",\"systemId\":\"aaaaaaaaaaaaaaaaaaaaaaaa\"}", "identifier")]
    [InlineData("{\"systemId\":\"AAAAAAAAAAAAAAAAAAAAAAAA\"}", "systemId")]
    [InlineData("{\"identifier\":\"\"}", "identifier")]
    public async Task A_lock_without_its_one_owner_is_not_released(string body, string field)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());

        Assert.Equal(field, (await new PortalClient(backend).PostAsync("attempts/release", body)).IsProblem(400, "invalid-request").Text("field"));
    }

    private static WireMac OldMac(Backend backend) =>
        new(backend, system => system with { Created = backend.Clock.GetUtcNow().AddDays(-30).ToString("O") });
}
