extern alias shim;

using System.Text;
using System.Text.Json.Nodes;
using Prestage.Simulators.Mac.Commands;
using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;
using Prestage.Tests.Support;
using Xunit;
using shim::Prestage.Shim.Running;
using shim::Prestage.Shim.Steps;

namespace Prestage.Tests.Shim.Steps;

/// <summary>Step 4: an agent that is there, half there, silent or false, and what must not stay behind.</summary>
public sealed class AgentStepTests
{
    private const string Bootstrap = "/opt/jc/agentBootstrap.json";
    private const string Order = "/var/run/JumpCloud-SecureToken-Creds.txt";
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task An_agent_that_never_registers_is_restarted_once_and_then_named()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.AgentNeverRegisters = true);
        using var steps = new StepBench(bench);
        var stop = Assert.IsType<StepOutcome.Stop>(await steps.RunAsync(new AgentStep(Short)));
        Assert.Equal("agent-not-registered", stop.Cause);
        Assert.Single(bench.Mac.Journal.Calls, call => call.Line.StartsWith("launchctl kickstart -k", StringComparison.Ordinal));
        Assert.False(File.Exists(bench.Mac.PathOf(Bootstrap)));
    }

    [Fact]
    public async Task An_installed_agent_that_had_not_registered_needs_no_second_installation()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.AgentNeverRegisters = true);
        using var steps = new StepBench(bench);
        await steps.RunAsync(new AgentStep(Short));
        bench.Mac.Options.AgentNeverRegisters = false;
        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new AgentStep(Long)));
        Assert.Single(bench.Mac.Journal.Calls, call => call.Line.StartsWith("installer", StringComparison.Ordinal));
        Assert.False(File.Exists(bench.Mac.PathOf(Bootstrap)));
    }

    [Fact]
    public async Task A_half_installed_agent_that_stays_silent_is_installed_again()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Mac.Change(state => LaunchctlJobs.Load(state, "com.jumpcloud.darwin-agent", "/Library/LaunchDaemons/x.plist") with
        {
            Receipts = state.Receipts.SetItem("com.jumpcloud.agent", new Receipt("com.jumpcloud.agent", "1.0", TimeProvider.System.GetUtcNow())),
        });
        using var steps = new StepBench(bench);
        Assert.IsType<StepOutcome.Done>(await new Patient(steps).RunAsync());
        Assert.Contains("agent-reinstalled", steps.Reported);
        Assert.NotNull(bench.Mac.SystemId);
    }

    [Fact]
    public async Task A_registered_agent_that_runs_is_left_alone_and_one_without_its_job_is_mended()
    {
        await using var bench = await MacBench.StartAsync();
        using var steps = new StepBench(bench);
        await steps.RunAsync(new AgentStep(Long));
        var id = bench.Mac.SystemId;
        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new AgentStep(Long)));
        Assert.Single(bench.Mac.Journal.Calls, call => call.Line.StartsWith("installer", StringComparison.Ordinal));

        bench.Mac.Change(state => state with { Jobs = state.Jobs.Clear() });
        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new AgentStep(Long)));
        Assert.Contains("com.jumpcloud.darwin-agent", bench.Mac.State.Jobs.Keys);
        Assert.Equal(id, bench.Mac.SystemId);
    }

    [Theory]
    [InlineData("signed by a developer certificate issued by Apple for distribution", "Developer ID Installer: SOMEBODY (AAAAAAAAAA)")]
    [InlineData("signed by untrusted certificate", "Developer ID Installer: JUMPCLOUD INC (N985MXSH85)")]
    [InlineData("no signature", "")]
    public async Task A_package_that_is_not_JumpClouds_is_never_installed(string status, string leaf)
    {
        await using var files = await PackageHost.StartAsync(new JsonObject
        {
            ["package"] = "com.jumpcloud.agent",
            ["signature"] = new JsonObject { ["status"] = status, ["leaf"] = leaf },
        }.ToJsonString());
        await using var bench = await MacBench.StartAsync(settings: settings => settings["agentPackageUrl"] = files.Address.ToString());
        using var steps = new StepBench(bench);
        Assert.Equal("agent-signature", Assert.IsType<StepOutcome.Stop>(await steps.RunAsync(new AgentStep(Short))).Cause);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Line.StartsWith("installer", StringComparison.Ordinal));
        Assert.Equal(2, files.Asked.Count);
        Assert.False(Directory.Exists(bench.Path("agent-package")));
    }

    [Fact]
    public async Task A_failed_installation_leaves_neither_connect_key_nor_password()
    {
        await using var bench = await MacBench.StartAsync(settings: settings => settings["agentServiceAccount"] = "create");
        Give(bench, "enroll;enroll-Us3r\n");
        bench.Mac.SetFault(MacFaults.InstallerFailed.Always());
        using var steps = new StepBench(bench);
        Assert.Equal("agent-not-installed", Assert.IsType<StepOutcome.Stop>(await steps.RunAsync(new AgentStep(Short))).Cause);
        Assert.False(File.Exists(bench.Mac.PathOf(Bootstrap)));
        Assert.False(File.Exists(bench.Mac.PathOf(Order)));
    }

    [Theory]
    [InlineData("create", true)]
    [InlineData("skip", false)]
    [InlineData("none", false)]
    public async Task The_service_account_is_made_only_as_configured(string setting, bool made)
    {
        await using var bench = await MacBench.StartAsync(settings: settings => settings["agentServiceAccount"] = setting);
        Give(bench, "enroll;enroll-Us3r\n");
        using var steps = new StepBench(bench);
        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new AgentStep(Long)));
        Assert.Equal(made, bench.Mac.State.Find(AccountRules.ServiceAccount) is { SecureToken: true });
        Assert.False(File.Exists(bench.Mac.PathOf(Order)));
    }

    [Fact]
    public async Task A_service_account_without_an_administrator_is_skipped_with_a_warning()
    {
        await using var bench = await MacBench.StartAsync(settings: settings => settings["agentServiceAccount"] = "create");
        using var steps = new StepBench(bench);
        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new AgentStep(Long)));
        Assert.Contains("service-account-unavailable", steps.Context.Journal.Current.Warnings);
    }

    [Fact]
    public async Task A_tenants_own_connect_key_is_written_as_it_came()
    {
        var own = "{\"connectKey\":\"x\",\"publicKickstartUrl\":\"https://kickstart.eu.example\"}";
        await using var bench = await MacBench.StartAsync(
            settings: settings => settings["connectKey"] = "jcc_" + Convert.ToBase64String(Encoding.UTF8.GetBytes(own)));
        bench.Mac.SetFault(MacFaults.Hang("installer"));
        using var steps = new StepBench(bench);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var run = new AgentStep(Short).RunAsync(steps.Context, ended.Token);
        await Wait.UntilAsync(() => File.Exists(bench.Mac.PathOf(Bootstrap)));

        Assert.Equal(own, await File.ReadAllTextAsync(bench.Mac.PathOf(Bootstrap), TestContext.Current.CancellationToken));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, UnixFile.ModeOf(bench.Mac.PathOf(Bootstrap)));
        Assert.Equal("755", Convert.ToString((int)UnixFile.ModeOf(bench.Mac.PathOf("/opt/jc")), 8));
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.False(File.Exists(bench.Mac.PathOf(Bootstrap)));
    }

    private static void Give(MacBench bench, string line) => UnixFile.Write(bench.Path("secure-token-admin"), line, UnixFile.OwnerOnly);

    /// <summary>An agent that is given little time before, and much time after it was installed again.</summary>
    private sealed class Patient(StepBench steps)
    {
        public async Task<StepOutcome> RunAsync()
        {
            var first = await steps.RunAsync(new AgentStep(Short));
            return first is StepOutcome.Stop ? await steps.RunAsync(new AgentStep(Long)) : first;
        }
    }
}
