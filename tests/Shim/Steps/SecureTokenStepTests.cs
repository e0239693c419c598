extern alias shim;

using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;
using shim::Prestage.Shim.Mac;
using shim::Prestage.Shim.Running;
using shim::Prestage.Shim.Steps;
using Xunit;
using ShimSecret = shim::Prestage.Secret;

namespace Prestage.Tests.Shim.Steps;

/// <summary>Step 8: who grants the Secure Token, and what becomes of an administrator's password that was lent for it.</summary>
public sealed class SecureTokenStepTests
{
    private const string Admin = "enroll;enroll-Us3r\n";

    [Fact]
    public async Task A_lent_administrator_grants_the_token_before_the_first_login()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.BootstrapTokenEscrowed = false);
        Lend(bench, Admin);
        using var steps = Prepare(bench);
        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new SecureTokenStep()));
        Assert.True(bench.Mac.State.Find("anna")!.SecureToken);
        Assert.Contains("secure-token-granted", steps.Reported);
        Assert.Contains(bench.Mac.Journal.Calls, call => call.Line == "diskutil apfs updatePreboot /");
        Assert.Empty(bench.Mac.Journal.PasswordsOnArgv);
        AssertForgotten(bench, steps);
    }

    [Theory]
    [InlineData("501 600 Regular File")]
    [InlineData("0 644 Regular File")]
    [InlineData("0 600 Symbolic Link")]
    public async Task A_file_that_others_could_have_touched_is_refused_and_deleted(string stat)
    {
        await using var bench = await MacBench.StartAsync();
        Lend(bench, Admin);
        bench.Mac.SetFault(MacFaults.Says("stat", "stat", "secure-token-admin", 0, stat + "\n"));
        using var steps = Prepare(bench);
        Assert.Equal("secure-token-at-login", Assert.IsType<StepOutcome.Left>(await steps.RunAsync(new SecureTokenStep())).Reason);
        Assert.Contains("token-admin-refused", steps.Context.Journal.Current.Warnings);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Line.Contains("-secureTokenOn", StringComparison.Ordinal));
        AssertForgotten(bench, steps);
    }

    [Theory]
    [InlineData("-admin;x\n")]
    [InlineData("enroll\n")]
    [InlineData("enroll;\n")]
    [InlineData("enroll;one\ntwo\n")]
    public async Task A_file_with_another_content_is_refused(string content)
    {
        await using var bench = await MacBench.StartAsync();
        Lend(bench, content);
        using var steps = Prepare(bench);
        await steps.RunAsync(new SecureTokenStep());
        Assert.Contains("token-admin-refused", steps.Context.Journal.Current.Warnings);
        AssertForgotten(bench, steps);
    }

    [Fact]
    public async Task A_file_of_a_wider_mode_is_refused_by_what_the_disk_says()
    {
        await using var bench = await MacBench.StartAsync();
        UnixFile.Write(bench.Path("secure-token-admin"), Admin, UnixFile.ReadableByAll);
        using var steps = Prepare(bench);
        Assert.Null(await steps.Context.Mac.TokenAdmin.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Done_is_not_believed_without_the_token()
    {
        await using var bench = await MacBench.StartAsync();
        Lend(bench, Admin);
        bench.Mac.SetFault(MacFaults.TokenOnDoneButDisabled.Always());
        using var steps = Prepare(bench);
        Assert.Equal("secure-token-at-login", Assert.IsType<StepOutcome.Left>(await steps.RunAsync(new SecureTokenStep(TimeSpan.Zero))).Reason);
        Assert.Contains("secure-token-not-granted", steps.Context.Journal.Current.Warnings);
        AssertForgotten(bench, steps);
    }

    [Theory]
    [InlineData("enroll;wrong\n", "secure-token-not-granted")]
    [InlineData("nobody-here;x\n", "token-admin-unable")]
    public async Task An_administrator_who_cannot_grant_is_named(string content, string warning)
    {
        await using var bench = await MacBench.StartAsync();
        Lend(bench, content);
        using var steps = Prepare(bench);
        Assert.IsType<StepOutcome.Left>(await steps.RunAsync(new SecureTokenStep(TimeSpan.Zero)));
        Assert.Contains(warning, steps.Context.Journal.Current.Warnings);
        AssertForgotten(bench, steps);
    }

    [Theory]
    [InlineData("https://mdm.example.com/checkin", true, true, "secure-token-at-login")]
    [InlineData("https://mdm.jumpcloud.com/checkin", true, true, "secure-token-at-login")]
    [InlineData("https://mdm.jumpcloud.com/checkin", true, false, "secure-token-unavailable")]
    [InlineData("https://mdm.example.com/checkin", false, false, "secure-token-unavailable")]
    [InlineData(null, false, false, "secure-token-unavailable")]
    public async Task The_Bootstrap_Token_decides_and_not_the_MDMs_name(string? server, bool supported, bool escrowed, string left)
    {
        await using var bench = await MacBench.StartAsync(mac =>
            (mac.MdmServer, mac.BootstrapTokenSupported, mac.BootstrapTokenEscrowed) = (server, supported, escrowed));
        using var steps = Prepare(bench);
        Assert.Equal(left, Assert.IsType<StepOutcome.Left>(await steps.RunAsync(new SecureTokenStep())).Reason);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Line.Contains("-type enrollment", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_FileVault_that_is_on_before_the_token_is_reported_and_stops_nothing()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.FileVaultOn = true);
        using var steps = Prepare(bench);
        Assert.Equal("secure-token-at-login", Assert.IsType<StepOutcome.Left>(await steps.RunAsync(new SecureTokenStep())).Reason);
        Assert.Equal(["filevault-before-token"], steps.Context.Journal.Current.Warnings);
    }

    [Fact]
    public async Task A_FileVault_that_is_on_is_no_worry_where_the_token_is_granted_now()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.FileVaultOn = true);
        Lend(bench, Admin);
        using var steps = Prepare(bench);
        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new SecureTokenStep()));
        Assert.Empty(steps.Context.Journal.Current.Warnings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_forced_FileVault_is_reported_and_stops_nothing(bool holdsToken)
    {
        await using var bench = await MacBench.StartAsync();
        using var steps = Prepare(bench);
        bench.Mac.Change(state => AccountRules.Update(state, "anna", user => user with { SecureToken = holdsToken }));
        bench.Mac.SetFault(MacFaults.FileVaultDeferred.Always());
        Assert.IsNotType<StepOutcome.Stop>(await steps.RunAsync(new SecureTokenStep()));
        Assert.Equal(["filevault-forced"], steps.Context.Journal.Current.Warnings);
    }

    [Fact]
    public async Task JumpClouds_service_account_is_named_where_it_holds_a_token()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.BootstrapTokenEscrowed = false, settings => settings["agentServiceAccount"] = "create");
        Lend(bench, Admin);
        using var steps = Prepare(bench);
        await steps.RunAsync(new AgentStep());
        File.Delete(bench.Path("secure-token-admin"));
        Assert.Equal("secure-token-by-agent", Assert.IsType<StepOutcome.Left>(await steps.RunAsync(new SecureTokenStep())).Reason);
    }

    [Theory]
    [InlineData("profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: YES\n", true)]
    [InlineData("profiles: Bootstrap Token escrowed to server: No\nprofiles: Bootstrap Token supported on server: Yes\n", false)]
    [InlineData("profiles: Bootstrap Token supported on server: NO\n", false)]
    [InlineData("profiles: Bootstrap Token functionality is not supported on this system.\n", false)]
    [InlineData("", null)]
    public void What_profiles_does_not_say_is_not_known(string said, bool? escrowed) => Assert.Equal(escrowed, SecureTokenPlan.ParseEscrowed(said));

    [Theory]
    [InlineData("FileVault is On.\nEncryption in progress: Percent completed = 12\n", "On")]
    [InlineData("FileVault is Off.\nDeferred enablement appears to be active for user 'enroll'.\n", "Deferred")]
    [InlineData("FileVault is Off.\n", "Off")]
    [InlineData("", "Unknown")]
    public void A_forced_FileVault_is_told_from_none(string said, string state) => Assert.Equal(state, SecureTokenPlan.ParseFileVault(said).ToString());

    private static void Lend(MacBench bench, string line) => UnixFile.Write(bench.Path("secure-token-admin"), line, UnixFile.OwnerOnly);

    private static StepBench Prepare(MacBench bench)
    {
        bench.Mac.Change(state => AccountRules.Add(state, new NewAccount("anna", "Anna Berg", PasswordDigest.Of(MacBench.Password), Admin: false)));
        var steps = new StepBench(bench);
        steps.Context.Password = new ShimSecret(MacBench.Password);
        return steps;
    }

    private static void AssertForgotten(MacBench bench, StepBench steps)
    {
        Assert.False(File.Exists(bench.Path("secure-token-admin")));
        Assert.Null(steps.Context.Password);
    }
}
