using Azure.Data.Tables;
using Prestage.Functions.Identity;
using Prestage.Functions.Storage;
using Prestage.Tests.Activate;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Enrollments;

/// <summary>Rows that cannot be read, seen from the operators' routes.</summary>
public sealed class DamagedRowTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ByRelease")]
    [InlineData("EnrollmentId")]
    public async Task A_release_of_a_Mac_whose_own_row_cannot_be_read_ends_the_enrollment_that_went_on(string damaged)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        (await mac.ActivateAsync(People.Password)).IsOk();
        var old = mac.Token;
        await backend.ChangeRowAsync("Devices", mac.SystemId, "current", row => row[damaged] = damaged == "ByRelease" ? null : "no id");
        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();
        var ben = backend.AddPerson(People.New("ben"));
        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsOk();

        mac.Token = old;
        var reply = await mac.AssociateAsync();

        Assert.Equal((409, 0), ((int)reply.Status, backend.Bindings(mac).Count));
        mac.Dispose();
    }

    [Fact]
    public async Task The_trace_of_a_passcode_that_cannot_be_read_can_be_looked_at()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Identity:Proof", "passcode")));
        var anna = backend.AddPerson(People.New());
        await new PortalClient(backend).PasscodeAsync(new { userId = anna.Id });
        await backend.ChangeRowAsync("Passcodes", anna.Id, "current", row => row["UsedBy"] = "no id");

        var page = await new PortalClient(backend).GetAsync($"passcodes/{anna.Id}");

        Assert.Equal(200, (int)page.Status);
        Assert.Equal("passcode-created", page.Json["events"]![0]!["code"]!.ToString());
    }

    [Fact]
    public async Task Tries_that_cannot_be_read_can_be_looked_at()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified");
        await backend.ChangeRowAsync("Attempts", AttemptRows.DeviceKey(mac.SystemId), "current", row => row["Failed"] = "yesterday");

        var page = await new PortalClient(backend).GetAsync($"attempts?systemId={mac.SystemId}");

        Assert.Equal(200, (int)page.Status);
    }

    [Fact]
    public async Task A_row_of_somebody_else_in_the_table_does_not_make_the_list_endless()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        await backend.Tables.GetTableClient("Enrollments").InsertEntityAsync(new TableEntity("!", "x"), Cancel);
        var page = (await new PortalClient(backend).GetAsync("enrollments")).IsOk();
        var pages = 1;
        for (; page.Text("continuation") is { } next && pages < 40; pages++)
        {
            page = (await new PortalClient(backend).GetAsync($"enrollments?continuation={next}")).IsOk();
        }

        Assert.Null(page.Text("continuation"));
        mac.Dispose();
    }

    [Fact]
    public async Task Rows_of_somebody_else_among_a_Mac_s_events_leave_its_own_to_be_read_page_by_page()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified");
        (await mac.VerifyAsync(anna.Email, "wrong again")).IsProblem(403, "not-verified");
        foreach (var key in new[] { "e|0odd", "e|1", "e|2" })
        {
            var row = new TableEntity(mac.SystemId, key) { ["Code"] = "odd" };
            await backend.Tables.GetTableClient("Devices").InsertEntityAsync(row, Cancel);
        }

        var newest = (await new PortalClient(backend).GetAsync($"devices/{mac.SystemId}?pageSize=1")).IsOk();
        var path = $"devices/{mac.SystemId}?pageSize=1&continuation={newest.Text("continuation")}";
        var oldest = (await new PortalClient(backend).GetAsync(path)).IsOk();

        Assert.Equal(["not-verified", "not-verified"], new[] { newest, oldest }.Select(page => page.Json["events"]![0]!["code"]!.ToString()));
        Assert.Null(oldest.Text("continuation"));
    }
}
