extern alias shim;

using System.Text.Json.Nodes;
using Prestage.Simulators.Mac.Faults;
using Xunit;
using Account = shim::Prestage.Wire.Account;

namespace Prestage.Tests.Shim.Steps;

/// <summary>SIGKILL at any step, and the next start goes on from there.</summary>
public sealed class ResumeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("wait-for-session", "scutil", null)]
    [InlineData("agent", "pkgutil", "--check-signature")]
    [InlineData("agent", "installer", null)]
    [InlineData("identify", "dscl", "-read /Users/anna")]
    [InlineData("create-account", "sysadminctl", "-addUser")]
    [InlineData("create-account", "dscl", "-authonly")]
    [InlineData("secure-token", "profiles", null)]
    [InlineData("create-account", "dseditgroup", "checkmember")]
    [InlineData("hand-over", "dscl", "-create")]
    [InlineData("hand-over", "launchctl", "asuser")]
    [InlineData("secure-token", "diskutil", null)]
    [InlineData("wait-for-login", "pgrep", "-u 502 -x Dock")]
    [InlineData("remove-enrollment-user", "sysadminctl", "-deleteUser")]
    public async Task A_run_that_was_killed_in_the_middle_of_a_command_is_resumed(string step, string command, string? argument)
    {
        await using var bench = await MacBench.StartAsync(account: new Account("anna", "Anna Berg", Admin: true));
        bench.Mac.SetFault(MacFaults.Hang(command, argument));
        using (var first = bench.Start(MacBench.Answers))
        {
            await UntilItHangsAsync(bench, step);
            first.Kill(entireProcessTree: true);
            await first.WaitForExitAsync(Cancel);
        }

        bench.Mac.ClearFaults();
        var (exitCode, _) = await bench.RunAsync(AnswersFrom(bench));
        Assert.Equal(0, exitCode);
        Assert.Empty(bench.Warnings);
        Assert.True(bench.Mac.State.Find("anna") is { SecureToken: true });
        Assert.Null(bench.Mac.State.Find("enroll"));
        Assert.Single(bench.Tenant.Tenant.Now.Systems);
    }

    [Fact]
    public async Task Another_password_after_the_kill_becomes_the_accounts_password()
    {
        const string Second = "Anderes-2027!";
        await using var bench = await MacBench.StartAsync(mac => mac.Person!.Password = Second, account: new Account("anna", "Anna Berg", Admin: true));
        bench.Mac.SetFault(MacFaults.Hang("dscl", "-authonly"));
        using (var first = bench.Start(MacBench.Answers))
        {
            await bench.Mac.WaitForAsync(state => state.Find("anna") is not null, Cancel);
            first.Kill(entireProcessTree: true);
            await first.WaitForExitAsync(Cancel);
        }

        bench.Mac.ClearFaults();
        Assert.Equal(0, (await bench.RunAsync(Second, Second)).ExitCode);
        Assert.Contains(bench.Mac.Journal.Calls, call => call.Line == "dscl . -passwd /Users/anna");
        Assert.Equal(Second, bench.Service.Password);
    }

    private static string[] AnswersFrom(MacBench bench) => StepOf(bench) switch
    {
        null or "preflight" or "wait-for-session" or "window" or "agent" or "identify" => MacBench.Answers,
        "set-password" or "create-account" => MacBench.Answers[2..],
        _ => [],
    };

    // A command that hangs is in no journal: the step is open, and no other command ends any more.
    private static async Task UntilItHangsAsync(MacBench bench, string step)
    {
        var (calls, quiet) = (-1, 0);
        while (quiet < 40)
        {
            await Task.Delay(10, Cancel);
            var now = bench.Mac.Journal.Calls.Count;
            quiet = now == calls && StepOf(bench) == step ? quiet + 1 : 0;
            calls = now;
        }
    }

    private static string? StepOf(MacBench bench) =>
        File.Exists(bench.Path("journal.json")) ? (string?)JsonNode.Parse(File.ReadAllText(bench.Path("journal.json")))!["step"] : null;
}
