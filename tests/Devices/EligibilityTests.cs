using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Devices;

public sealed class EligibilityTests
{
    private const string Listed = "C02LISTED001";

    [Theory]
    [InlineData("internal", true)]
    [InlineData("external", true)]
    [InlineData("none", false)]
    [InlineData("unknown", false)]
    public async Task Where_an_MDM_is_required_only_Macs_under_one_enroll(string vendor, bool eligible)
    {
        await using var backend = await Backend.StartAsync(new() { ["Device:RequireMdm"] = "true" });
        using var mac = new WireMac(backend, system => system with { Mdm = new(vendor) });

        await IsAnsweredAsync(backend, mac, mac.SerialNumber, eligible, "This Mac is not managed by an MDM.");
    }

    [Theory]
    [InlineData($"C02OTHER0001, {Listed}", Listed, true)]
    [InlineData("c02listed001", Listed, true)]
    [InlineData(" , ", Listed, false)]
    [InlineData("C02OTHER0001,C02LISTED0012", Listed, false)]
    public async Task Where_serial_numbers_are_listed_only_those_enroll(string list, string serial, bool eligible)
    {
        await using var backend = await Backend.StartAsync(new() { ["Device:Serials"] = list });
        using var mac = new WireMac(backend, system => system with { SerialNumber = serial });

        await IsAnsweredAsync(backend, mac, serial, eligible, "This Mac's serial number is not on the list of Macs that may enroll.");
    }

    private static async Task IsAnsweredAsync(Backend backend, WireMac mac, string serialNumber, bool eligible, string reason)
    {
        var anna = backend.AddPerson(People.New());
        var reply = await mac.WithProofAsync(
            "/api/verify", new { nonce = WireMac.Nonce(), serialNumber, identifier = anna.Email, secret = anna.EmployeeIdentifier });
        var refusals = (await backend.EventsAsync("Devices")).Where(happened => happened.PartitionKey == mac.SystemId);

        if (eligible)
        {
            Assert.Equal("verified", reply.IsOk().Text("state"));
            Assert.Empty(refusals);
            return;
        }

        Assert.Equal(reason, reply.IsProblem(403, "device-not-eligible").Text("detail"));
        var happened = Assert.Single(refusals);
        Assert.Equal(("device-not-eligible", reason, "warning"), (happened.GetString("Code"), happened.GetString("Detail"), happened.GetString("Level")));
        Assert.Equal(0, backend.JumpCloud.Journal.Count("POST", "/api/search/systemusers"));
    }
}
