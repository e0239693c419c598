using Prestage.Functions.Enrollments;
using Prestage.Functions.Identity;
using Prestage.Tests.Activate;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Enrollments;

/// <summary>
/// Rows beside the enrollment's that this version cannot read: the Mac's own, its tries, a passcode, the list of a person's enrollments.
/// </summary>
public sealed class UnreadableNeighborTests
{
    [Fact]
    public async Task A_Mac_s_own_row_that_cannot_be_read_is_unreadable_and_not_missing_and_a_release_replaces_it()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        await backend.ChangeRowAsync("Devices", mac.SystemId, "current", row => row["EnrollmentId"] = "no id");

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "unavailable");
        Assert.Equal(
            "EnrollmentId is not an enrollment's id.", (await new PortalClient(backend).GetAsync($"devices/{mac.SystemId}")).IsOk().Text("unreadable"));
        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();

        Assert.Equal("cancelled", (await mac.EnrollmentAsync()).IsOk().Text("state"));
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    [Fact]
    public async Task Tries_that_cannot_be_counted_are_not_no_tries_and_an_operator_clears_them()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified");
        await backend.ChangeRowAsync("Attempts", AttemptRows.DeviceKey(mac.SystemId), "current", row => row["Failed"] = "yesterday");

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "unavailable");
        Assert.Equal("true", (await new PortalClient(backend).PostAsync("attempts/release", new { systemId = mac.SystemId })).IsOk().Text("released"));

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    [Theory]
    [InlineData("Iterations", int.MaxValue)]
    [InlineData("Hash", "not base64!")]
    [InlineData("UsedBy", "no id")]
    public async Task A_passcode_that_cannot_be_read_is_not_wrong_and_a_new_one_replaces_it(string name, object value)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Identity:Proof", "passcode")));
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        var passcode = await new PortalClient(backend).PasscodeAsync(new { userId = anna.Id });
        await backend.ChangeRowAsync("Passcodes", anna.Id, "current", row => row[name] = value);

        (await mac.VerifyAsync(anna.Email, passcode)).IsProblem(503, "unavailable");

        (await mac.VerifyAsync(anna.Email, await new PortalClient(backend).PasscodeAsync(new { userId = anna.Id }))).IsOk();
    }

    [Fact]
    public async Task A_list_of_a_person_s_enrollments_that_cannot_be_read_is_not_an_empty_one()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        var month = EnrollmentId.Parse(mac.Token!.Split('.')[0]).Month;
        await backend.ChangeRowAsync("Enrollments", month, EnrollmentKeys.Person(anna.Id), row => row["Enrollments"] = "no id");
        using var other = new WireMac(backend);

        (await other.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(503, "unavailable");
    }
}
