extern alias shim;

using System.Text.Json.Nodes;
using Prestage.Simulators.KeyVault;
using Prestage.Simulators.Mac.Commands;
using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;
using Prestage.Tests.Shim.Steps;
using Xunit;

namespace Prestage.Tests.Shim.Commands;

/// <summary>prestage doctor on a simulated Mac: each finding failing, and mended.</summary>
public sealed class DoctorTests
{
    private const string Label = "io.prestage.enroll";
    private const string AgentLabel = "com.jumpcloud.darwin-agent";
    private const string PrivacyGrants = "/Library/Application Support/com.apple.TCC/TCC.db";
    private const string SystemId = "0123456789abcdef01234567";

    [Fact]
    public async Task A_Mac_that_is_ready_has_nothing_to_mend()
    {
        await using var bench = await ReadyAsync();
        var (exitCode, shown) = await bench.RunAsync("doctor", [], []);
        Assert.Equal(0, exitCode);
        Assert.EndsWith("16 ok, 0 warnings, 0 failed\n", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("→", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looking_changes_nothing()
    {
        await using var bench = await ReadyAsync();
        var before = (State: bench.Mac.State, Files: Snapshot.Of(bench.Mac.Root), Seen: bench.Mac.Journal.Calls.Count);
        await bench.RunAsync("doctor", ["--json"], []);
        Assert.Same(before.State, bench.Mac.State);
        Assert.Equal(before.Files, Snapshot.Of(bench.Mac.Root));
        Assert.NotEqual(before.Seen, bench.Mac.Journal.Calls.Count);
        Assert.All(bench.Service.Calls, call => Assert.Contains(call.Method, new[] { "GET", "HEAD" }));
    }

    [Fact]
    public async Task A_finding_says_what_to_do()
    {
        await using var bench = await ReadyAsync();
        bench.Service.ClockAhead = TimeSpan.FromHours(1);
        var (exitCode, shown) = await bench.RunAsync("doctor", [], []);
        Assert.Equal(10, exitCode);
        Assert.Matches("(?m)^warning  clock            (359[5-9]|360[01]) s behind the service's", shown);
        Assert.Contains("→ Set it: sudo sntp -sS time.apple.com\n", shown, StringComparison.Ordinal);
        Assert.EndsWith("15 ok, 1 warnings, 0 failed\n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_accepted_names_the_clock()
    {
        using var authority = new LoopbackAuthority(TimeProvider.System);
        using var certificate = authority.Issue();
        await using var bench = await MacBench.StartAsync(certificate: () => certificate);
        var finding = Find(await DiagnoseAsync(bench, 11), "service");
        Assert.Contains($"This Mac's clock says {TimeProvider.System.GetLocalNow():yyyy-MM-dd} ", (string)finding["found"]!, StringComparison.Ordinal);
        Assert.StartsWith("If the clock is wrong: sudo sntp -sS time.apple.com.", (string)finding["fix"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Command == "sntp");
    }

    [Fact]
    public async Task Wrong_settings_are_named_and_the_rest_is_still_looked_at()
    {
        await using var bench = await ReadyAsync();
        bench.Configure(settings => settings.Remove("serviceUrl"));
        var diagnosis = await DiagnoseAsync(bench, 11);
        Assert.Equal("failed", (string?)diagnosis["worst"]);
        Assert.Equal("serviceUrl is missing; it must be the service's https:// address.", (string?)Find(diagnosis, "settings")["found"]);
        Assert.Equal("ok", (string?)Find(diagnosis, "disk")["verdict"]);
    }

    [Fact]
    public async Task A_misspelled_key_is_named()
    {
        await using var bench = await ReadyAsync();
        bench.Configure(settings => settings["branding"] = new JsonObject { ["titel"] = "x", ["title"] = "x" });
        var finding = Find(await DiagnoseAsync(bench, 10), "settings");
        Assert.Equal(("warning", "branding.titel is not a setting, and is not read."), ((string?)finding["verdict"], (string?)finding["found"]));
    }

    [Fact]
    public Task An_old_macOS_is_refused() =>
        FindsAsync("macos", "failed", bench => bench.Mac.Options.OsVersion = "12.7.6", bench => bench.Mac.Options.OsVersion = "14.0");

    [Fact]
    public Task A_macOS_that_nobody_tested_is_warned_of() =>
        FindsAsync("macos", "warning", bench => bench.Mac.Options.OsVersion = "27.0", bench => bench.Mac.Options.OsVersion = "26.4");

    [Fact]
    public Task A_full_disk_is_found() => FindsAsync("disk", "failed", bench => Free(bench, 900_000), bench => Free(bench, 9_000_000));

    [Fact]
    public Task A_nearly_full_disk_is_warned_of() => FindsAsync("disk", "warning", bench => Free(bench, 4_000_000), bench => Free(bench, 9_000_000));

    [Theory]
    [InlineData("")]
    [InlineData("Enrolled via DEP: No\nMDM enrollment: No\n")]
    [InlineData("Enrolled via DEP: No\nMDM enrollment: Yes\nMDM server: https://mdm.example.com/checkin\n")]
    public Task A_Mac_without_an_approved_MDM_is_warned_of(string status) => FindsAsync(
        "mdm",
        "warning",
        bench => bench.Mac.SetFault(new("mdm", "profiles", FaultMode.Instead, "enrollment") { Output = status }),
        _ => { });

    [Fact]
    public Task A_Bootstrap_Token_that_is_not_escrowed_is_warned_of() => FindsAsync(
        "bootstrap-token", "warning", bench => Change(bench, state => state with { BootstrapTokenEscrowed = false }), bench => Change(bench, state => state with { BootstrapTokenEscrowed = true }));

    [Fact]
    public Task A_FileVault_before_the_Secure_Token_is_warned_of() => FindsAsync(
        "filevault",
        "warning",
        bench => Change(bench, state => state with { FileVaultOn = true }),
        bench => UnixFile.Write(bench.Path("secure-token-admin"), "it;it-Admin-1\n", UnixFile.OwnerOnly));

    [Fact]
    public Task A_forced_FileVault_is_warned_of() => FindsAsync(
        "filevault", "warning", bench => bench.Mac.SetFault(MacFaults.FileVaultDeferred), _ => { });

    [Fact]
    public Task A_silent_fdesetup_is_warned_of() => FindsAsync(
        "filevault", "warning", bench => bench.Mac.SetFault(MacFaults.Says("silent", "fdesetup", "status", 0).Exactly(3)), _ => { });

    [Fact]
    public Task A_FileVault_after_the_enrollment_is_as_it_should_be() => FindsAsync(
        "filevault", "warning", bench => Change(bench, state => state with { FileVaultOn = true }), bench => ResetTests.Leave(bench, "receipt.json", "{}"));

    [Fact]
    public Task A_missing_privacy_grant_is_warned_of() => FindsAsync(
        "privacy", "warning", bench => File.Delete(bench.Mac.PathOf(PrivacyGrants)), bench => File.WriteAllText(bench.Mac.PathOf(PrivacyGrants), string.Empty));

    [Fact]
    public Task A_privacy_grant_is_not_missed_where_nothing_is_deleted() => FindsAsync(
        "privacy",
        "warning",
        bench => File.Delete(bench.Mac.PathOf(PrivacyGrants)),
        bench => bench.Configure(settings => settings["deleteEnrollmentUser"] = false));

    [Fact]
    public Task A_job_that_is_not_loaded_is_found() => FindsAsync(
        "launchd", "failed", bench => Change(bench, state => state with { Jobs = state.Jobs.Remove(Label) }), Load);

    [Fact]
    public async Task A_job_whose_file_is_gone_is_found()
    {
        await using var bench = await ReadyAsync();
        File.Delete(bench.Mac.PathOf($"/Library/LaunchDaemons/{Label}.plist"));
        Assert.Equal("Install the package again.", (string?)Find(await DiagnoseAsync(bench, 11), "launchd")["fix"]);
    }

    [Fact]
    public Task An_agent_that_is_not_registered_is_found() => FindsAsync(
        "agent", "failed", bench => Change(bench, state => state with { Receipts = state.Receipts.Add("com.jumpcloud.agent", new("com.jumpcloud.agent", "1", default)) }), Register);

    [Fact]
    public Task An_agent_that_does_not_run_is_found() => FindsAsync(
        "agent",
        "failed",
        bench =>
        {
            Register(bench);
            Change(bench, state => state with { Jobs = state.Jobs.Remove(AgentLabel) });
        },
        Register);

    [Fact]
    public Task A_service_that_does_not_answer_is_found() => FindsAsync("service", "failed", bench => bench.Service.Order("/api/health", 503, "unavailable"), _ => { });

    [Fact]
    public Task A_directory_that_cannot_be_reached_is_found() => FindsAsync(
        "directory",
        "failed",
        bench => bench.Configure(settings => settings["agentPackageUrl"] = "http://127.0.0.1:1/agent.pkg"),
        bench => bench.Configure(settings => settings["agentPackageUrl"] = new Uri(bench.Tenant.BaseUrl, "/sim/jumpcloud-agent.pkg").ToString()));

    [Fact]
    public Task A_window_that_cannot_be_had_is_warned_of() => FindsAsync(
        "window", "warning", bench => Window(bench, new Uri("http://127.0.0.1:1/dialog.pkg")), bench => Window(bench, new Uri(bench.Tenant.BaseUrl, "/sim/dialog-3.0.1.pkg")));

    [Fact]
    public Task An_enrollment_user_that_is_not_there_is_warned_of() => FindsAsync(
        "enrollment-user",
        "warning",
        bench => bench.Configure(settings => settings["enrollmentUser"] = "nobodyhere"),
        bench => bench.Configure(settings => settings["enrollmentUser"] = "enroll"));

    [Fact]
    public Task The_last_administrator_is_predicted() => FindsAsync(
        "last-admin",
        "warning",
        bench => Change(bench, state => AccountRules.SetAdmin(state, "it", false)),
        bench => Change(bench, state => AccountRules.SetAdmin(state, "it", true)));

    [Fact]
    public Task The_last_holder_of_a_Secure_Token_is_predicted() => FindsAsync(
        "last-token",
        "warning",
        bench => Change(bench, state => state with { BootstrapTokenEscrowed = false }),
        bench => UnixFile.Write(bench.Path("secure-token-admin"), "it;it-Admin-1\n", UnixFile.OwnerOnly));

    [Fact]
    public Task The_persons_own_Secure_Token_counts_and_nobody_elses() => FindsAsync(
        "last-token",
        "warning",
        bench => Change(bench, state => AccountRules.Update(state with { BootstrapTokenEscrowed = false }, "it", user => user with { SecureToken = true })),
        bench =>
        {
            Know(bench, admin: false);
            Change(bench, state => AccountRules.Add(state, new NewAccount("anna", "Anna Berg", PasswordDigest.Of(MacBench.Password), Admin: false, Token: true)));
        });

    private static void Know(MacBench bench, bool admin) => ResetTests.Leave(
        bench, "journal.json", new JsonObject { ["account"] = new JsonObject { ["username"] = "anna", ["fullName"] = "Anna Berg", ["admin"] = admin } }.ToJsonString());

    private static async Task FindsAsync(string check, string verdict, Action<MacBench> harm, Action<MacBench> mend)
    {
        await using var bench = await ReadyAsync();
        harm(bench);
        var finding = Find(await DiagnoseAsync(bench, verdict == "failed" ? 11 : 10), check);
        Assert.Equal(verdict, (string?)finding["verdict"]);
        Assert.NotEmpty((string)finding["fix"]!);

        mend(bench);
        finding = Find(await DiagnoseAsync(bench, null), check);
        Assert.Equal(("ok", null), ((string?)finding["verdict"], (string?)finding["fix"]));
    }

    // A Mac as the MDM hands it over: a managed administrator beside the enrollment user, and everything installed.
    private static async Task<MacBench> ReadyAsync()
    {
        var bench = await MacBench.StartAsync();
        var kickstart = new JsonObject { ["publicKickstartUrl"] = bench.Service.Address.ToString(), ["connectKey"] = "k" };
        bench.Configure(settings => settings["connectKey"] = "jcc_" + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(kickstart.ToJsonString())));
        Change(bench, state => AccountRules.Add(state, new NewAccount("it", "IT", PasswordDigest.Of("it-Admin-1"), Admin: true)));
        Load(bench);
        return bench;
    }

    private static void Window(MacBench bench, Uri package) => bench.Configure(settings =>
    {
        settings["ui"] = "swiftDialog";
        settings["dialogPackageUrl"] = package.ToString();
        settings["dialogPackageSha256"] = new string('0', 64);
    });

    private static void Change(MacBench bench, Func<MacState, MacState> change) => bench.Mac.Change(change);

    private static void Free(MacBench bench, long kilobytes) => Change(bench, state => state with { FreeKilobytes = kilobytes });

    private static void Load(MacBench bench) => Change(bench, state => LaunchctlJobs.Load(state, Label, $"/Library/LaunchDaemons/{Label}.plist"));

    private static void Register(MacBench bench)
    {
        Directory.CreateDirectory(bench.Mac.PathOf("/opt/jc"));
        File.WriteAllText(bench.Mac.PathOf("/opt/jc/client.key"), "x");
        File.WriteAllText(bench.Mac.PathOf("/opt/jc/jcagent.conf"), new JsonObject { ["systemKey"] = SystemId }.ToJsonString());
        Change(bench, state => LaunchctlJobs.Load(state, AgentLabel, $"/Library/LaunchDaemons/{AgentLabel}.plist"));
    }

    private static async Task<JsonNode> DiagnoseAsync(MacBench bench, int? exitCode)
    {
        var (ended, shown) = await bench.RunAsync("doctor", ["--json"], []);
        Assert.Equal(exitCode ?? ended, ended);
        return JsonNode.Parse(shown)!;
    }

    private static JsonNode Find(JsonNode diagnosis, string check) =>
        diagnosis["findings"]!.AsArray().First(finding => (string?)finding!["check"] == check)!;
}
