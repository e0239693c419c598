extern alias shim;

using Prestage.Simulators.Mac.Machine;
using Prestage.Tests.Faults;
using shim::Prestage.Shim.Commands;
using shim::Prestage.Shim.Doctor;
using shim::Prestage.Shim.Mac;
using shim::Prestage.Shim.Settings;
using shim::Prestage.Shim.State;
using Xunit;
using Verdict = shim::Prestage.Shim.Doctor.Verdict;

namespace Prestage.Tests.Shim.Commands;

/// <summary>What doctor says of the last administrator before the last steps, and what they do then.</summary>
public sealed class LastAdminForecastTests
{
    // The administrators beside the person, and what the person's account is and is to be.
    [Theory]
    [InlineData("", null, false, true)]
    [InlineData("", null, true, false)]
    [InlineData("enroll", null, false, true)]
    [InlineData("enroll", null, true, false)]
    [InlineData("it", null, false, false)]
    [InlineData("enroll it", null, false, false)]
    [InlineData("", "standard", true, false)]
    [InlineData("", "admin", false, false)]
    [InlineData("enroll", "admin", false, true)]
    [InlineData("enroll it", "admin", false, false)]
    public async Task What_is_said_of_the_last_administrator_comes_true(string admins, string? account, bool becomesAdmin, bool stays)
    {
        var (verdict, left) = await VirtualTime.RunAsync(async time =>
        {
            var place = (Place)SynchronizationContext.Current!;
            await using var world = new FaultWorld(time, new Scenario("forecast") { Admin = becomesAdmin, AccountIsThere = account is not null, FileVaultOn = false });
            world.Mac.Options.AgentLeavesRights = true;
            world.Mac.Change(state => AccountRules.SetAdmin(state, "enroll", admins.Contains("enroll", StringComparison.Ordinal)));
            world.Mac.Change(state => admins.Contains("it", StringComparison.Ordinal)
                ? AccountRules.Add(state, new NewAccount("it", "IT", PasswordDigest.Of("it-Admin-1"), Admin: true)) : state);
            world.Mac.Change(state => account == "admin" ? AccountRules.SetAdmin(state, "anna", true) : state);
            Verdict? verdict = null;
            world.At = async (step, before) =>
            {
                if (before && step == "set-password")
                {
                    var mac = new MacSystem(new MacPaths(world.Mac.Root), new MacCommands(world.Mac, place, time), time);
                    var settings = SettingsParser.Parse(File.ReadAllBytes(world.PathOf("config.json")), "config.json");
                    var findings = await new AccountChecks(mac, JournalStore.Peek(world.PathOf("journal.json"))).CheckAsync(settings, CancellationToken.None);
                    verdict = findings.Single(finding => finding.Check == "last-admin").Verdict;
                }
            };
            Assert.Equal(ExitCode.Done, await world.RunAsync(2, TimeSpan.FromHours(2)));
            return (verdict, (string?)world.Receipt!["left"]!["remove-enrollment-user"]);
        });
        Assert.Equal((stays ? Verdict.Warning : Verdict.Ok, stays ? "enrollment-user-kept:last-admin" : null), (verdict, left));
    }
}
