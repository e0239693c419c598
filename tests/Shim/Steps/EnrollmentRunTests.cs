extern alias shim;

using System.Text.Json.Nodes;
using Prestage.Simulators.KeyVault;
using Prestage.Tests.Support;
using Xunit;
using Account = shim::Prestage.Wire.Account;

namespace Prestage.Tests.Shim.Steps;

/// <summary>Whole enrollments of a simulated Mac by the real program.</summary>
public sealed class EnrollmentRunTests
{
    private static readonly Account Admin = new("anna", "Anna Berg", Admin: true);

    [Fact]
    public async Task A_Mac_is_enrolled_from_the_first_step_to_the_last()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        var (exitCode, shown) = await bench.RunAsync(MacBench.Answers);
        Assert.Equal(0, exitCode);
        Assert.Contains("[14/14] remove itself … ", shown, StringComparison.Ordinal);
        Assert.Equal("completed", (string?)bench.Receipt["outcome"]);
        Assert.Empty(bench.Warnings);
        var anna = bench.Mac.State.Find("anna");
        Assert.True(anna is { SecureToken: true, CryptoPasswordStale: false });
        Assert.True(bench.Mac.State.IsAdmin("anna"));
        Assert.Null(bench.Mac.State.Find("enroll"));
    }

    [Fact]
    public async Task What_started_the_program_and_what_it_was_trusted_with_is_gone_at_the_end()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        await bench.RunAsync(MacBench.Answers);
        Assert.False(File.Exists(bench.Mac.PathOf("/Library/LaunchDaemons/io.prestage.enroll.plist")));
        Assert.False(File.Exists(bench.Mac.PathOf("/opt/jc/agentBootstrap.json")));
        Assert.False(JsonNode.Parse(File.ReadAllText(bench.Path("config.json")))!.AsObject().ContainsKey("connectKey"));
        Assert.Equal(["config.json", "lock", "receipt.json"], Directory.GetFileSystemEntries(bench.Path(string.Empty)).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_clock_by_which_the_services_certificate_is_not_valid_is_set()
    {
        using var authority = new LoopbackAuthority(TimeProvider.System);
        using var now = authority.Issue();
        using var tomorrow = authority.Issue(TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(1));
        MacBench? mac = null;
        await using var bench = await MacBench.StartAsync(account: Admin, certificate: () => mac is not null && Sets(mac) > 0 ? now : tomorrow);
        mac = bench;
        bench.Trusted = bench.Mac.Root + ".pem";
        File.WriteAllText(bench.Trusted, authority.Pem);
        var (exitCode, shown) = await bench.RunAsync(MacBench.Answers);
        Assert.Equal(0, exitCode);
        Assert.Equal(1, Sets(bench));
        Assert.Contains("The clock was set by Apple's time servers", shown, StringComparison.Ordinal);

        static int Sets(MacBench bench) => bench.Mac.Journal.Calls.Count(call => call.Line == "sntp -sS time.apple.com");
    }

    [Fact]
    public async Task A_certificate_of_nobody_is_not_accepted_whatever_the_clock_says()
    {
        using var authority = new LoopbackAuthority(TimeProvider.System);
        using var certificate = authority.Issue();
        await using var bench = await MacBench.StartAsync(certificate: () => certificate);
        using var process = bench.Start(MacBench.Answers);
        await Wait.UntilAsync(() => bench.Mac.Journal.Calls.Any(call => call.Command == "sw_vers"));
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        process.Kill();
        Assert.Empty(bench.Service.Calls);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Command == "sntp");
    }

    [Fact]
    public async Task A_run_after_the_end_does_nothing()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        await bench.RunAsync(MacBench.Answers);
        var (commands, calls) = (bench.Mac.Journal.Calls.Count, bench.Service.Calls.Count);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(["id -u"], bench.Mac.Journal.Calls.Skip(commands).Select(call => call.Line));
        Assert.Equal(calls, bench.Service.Calls.Count);
    }

    [Fact]
    public async Task The_password_and_the_secret_are_nowhere_but_where_they_belong()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        var (_, shown) = await bench.RunAsync(MacBench.Answers);
        Assert.Empty(bench.Mac.Journal.PasswordsOnArgv);
        var written = Directory.EnumerateFiles(bench.Mac.Root, "*", SearchOption.AllDirectories).Select(File.ReadAllText);
        Assert.All([shown, .. written], text =>
        {
            Assert.DoesNotContain(MacBench.Password, text, StringComparison.Ordinal);
            Assert.DoesNotContain("E-17", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task The_service_is_told_how_long_each_step_took()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        await bench.RunAsync(MacBench.Answers);
        var complete = JsonNode.Parse(bench.Service.Calls.Single(call => call.Path == "/api/complete").Body)!;
        Assert.True((bool)complete["accountCreated"]! && (bool)complete["secureToken"]!);
        Assert.Equal(11, complete["steps"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        await using var bench = await MacBench.StartAsync();
        var (exitCode, shown) = await bench.RunAsync("run", ["--dry-run"], []);
        Assert.Equal(0, exitCode);
        Assert.Equal(15, shown.Trim().Split('\n').Length);
        Assert.Empty(bench.Service.Calls);
        Assert.Equal(["id -u"], bench.Mac.Journal.Calls.Select(call => call.Line));
        Assert.Equal(["config.json"], Directory.GetFileSystemEntries(bench.Path(string.Empty)).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Status_shows_the_open_step_and_then_the_receipt()
    {
        await using var bench = await MacBench.StartAsync(account: Admin);
        Assert.Contains("Not started.", (await bench.RunAsync("status", [], [])).Shown, StringComparison.Ordinal);
        await bench.RunAsync();
        Assert.Contains("Open step: identify.", (await bench.RunAsync("status", [], [])).Shown, StringComparison.Ordinal);
        await bench.RunAsync(MacBench.Answers);
        Assert.Contains("account anna, Secure Token yes", (await bench.RunAsync("status", [], [])).Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_tells_of_a_file_that_it_cannot_read_and_leaves_it_as_it_is()
    {
        await using var bench = await MacBench.StartAsync();
        File.WriteAllText(bench.Path("journal.json"), "{");
        Assert.Contains("The journal cannot be read", (await bench.RunAsync("status", [], [])).Shown, StringComparison.Ordinal);
        Assert.Equal("{", File.ReadAllText(bench.Path("journal.json")));
        File.WriteAllText(bench.Path("receipt.json"), "{");
        var (exitCode, shown) = await bench.RunAsync("status", [], []);
        Assert.Equal(0, exitCode);
        Assert.Contains("The receipt cannot be read", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_settings_file_does_not_keep_the_job_of_an_enrolled_Mac()
    {
        await using var bench = await MacBench.StartAsync();
        File.WriteAllText(bench.Path("receipt.json"), "{}");
        File.WriteAllText(bench.Path("config.json"), "{ \"connectKey\": ");
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.False(File.Exists(bench.Mac.PathOf("/Library/LaunchDaemons/io.prestage.enroll.plist")));
        Assert.False(File.Exists(bench.Path("config.json")));
    }

    [Fact]
    public async Task Settings_of_a_profile_win_over_the_file()
    {
        await using var bench = await MacBench.StartAsync();
        File.WriteAllText(bench.Mac.PathOf("/Library/Managed Preferences/io.prestage.enroll.plist"), """
            <?xml version="1.0" encoding="UTF-8"?>
            <plist version="1.0"><dict><key>ui</key><string>swiftDialog</string></dict></plist>
            """);
        var (exitCode, shown) = await bench.RunAsync("run", ["--dry-run"], []);
        Assert.Equal(2, exitCode);
        Assert.Contains("serviceUrl is missing", shown, StringComparison.Ordinal);
    }
}
