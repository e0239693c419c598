extern alias shim;

using Prestage.Simulators.Mac.Machine;
using Prestage.Tests.Faults;
using shim::Prestage.Shim.Commands;
using shim::Prestage.Shim.Running;
using shim::Prestage.Shim.Steps;
using Xunit;
using ShimSecret = shim::Prestage.Secret;
using State = shim::Prestage.EnrollmentState;

namespace Prestage.Tests.Shim.Steps;

/// <summary>Whoever is to be a standard user stays an administrator where nobody else is one.</summary>
public sealed class LastAdministratorTests
{
    private const string Demotion = "dseditgroup -o edit -d anna -t user admin";

    [Theory]
    [InlineData("nobody")]
    [InlineData("a disabled one")]
    [InlineData("a service's")]
    public async Task The_only_administrator_is_taken_over_and_stays_one(string others)
    {
        var (code, world) = await RunAsync(state => AccountRules.SetAdmin(Others(state, others), "enroll", false));
        Assert.Equal(ExitCode.Done, code);
        Assert.True(world.IsAdmin);
        Assert.DoesNotContain(Demotion, world.Calls);
        Assert.Single(world.Reports, "admin-not-set:last-admin");
        Assert.Contains("admin-not-set:last-admin", world.Warnings);
        Assert.DoesNotContain("agent-restarted", world.Reports);
    }

    [Fact]
    public async Task One_of_two_administrators_becomes_a_standard_user()
    {
        var (code, world) = await RunAsync(state => state);
        Assert.Equal(ExitCode.Done, code);
        Assert.False(world.IsAdmin);
        Assert.Contains(Demotion, world.Calls);
        Assert.DoesNotContain(world.Warnings, warning => warning.StartsWith("admin-not-set", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_account_of_ours_that_became_the_only_administrator_meanwhile_stays_one()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Mac.Change(state => AccountRules.SetAdmin(
            AccountRules.Add(state, new NewAccount("anna", "Anna Berg", PasswordDigest.Of(MacBench.Password), Admin: true)), "enroll", false));
        using var steps = new StepBench(bench);
        steps.Context.Journal.Update(journal => journal with { CreatedAccount = "anna" });
        steps.Context.Password = new ShimSecret(MacBench.Password);

        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new CreateAccountStep()));
        steps.Context.Journal.Update(journal => journal with { State = State.Associated });
        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new AssociateStep()));

        Assert.True(bench.Mac.State.IsAdmin("anna"));
        Assert.Equal(["admin-not-set:last-admin"], steps.Context.Journal.Current.Warnings);
        Assert.Equal(["admin-not-set:last-admin"], steps.Reported);
    }

    private static MacState Others(MacState state, string who) => who switch
    {
        "a disabled one" => AccountRules.Update(
            AccountRules.Add(state, new NewAccount("it", "IT", PasswordDigest.Of("it-Admin-1"), Admin: true)), "it", user => user with { Enabled = false }),
        "a service's" => AccountRules.SetAdmin(state with { Users = state.Users.SetItem("_mdm", state.Users["daemon"] with { ShortName = "_mdm", Uid = 399 }) }, "_mdm", true),
        _ => state,
    };

    // A standard enrollment of an administrator of that name, under an agent that leaves rights alone.
    private static Task<(ExitCode? Code, (bool IsAdmin, string[] Calls, string[] Reports, string[] Warnings) World)> RunAsync(Func<MacState, MacState> change) =>
        VirtualTime.RunAsync(async time =>
        {
            await using var world = new FaultWorld(time, new Scenario("the person is to be a standard user") { Admin = false, AccountIsThere = true });
            world.Mac.Options.AgentLeavesRights = true;
            world.Mac.Change(state => change(AccountRules.SetAdmin(state, "anna", true)));
            var code = await world.RunAsync(2, TimeSpan.FromHours(2));
            string[] calls = [.. world.Mac.Journal.Calls.Select(call => call.Line)];
            string[] warnings = [.. world.Receipt!["warnings"]!.AsArray().Select(warning => (string)warning!)];
            return (code, (world.Mac.State.IsAdmin("anna"), calls, world.Service.Reports.Select(report => report.Code!).ToArray(), warnings));
        });
}
