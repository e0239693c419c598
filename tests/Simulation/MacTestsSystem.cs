using System.Diagnostics;
using System.Text.Json.Nodes;
using Prestage.Simulators.Mac;
using Prestage.Simulators.Mac.Machine;
using Xunit;

namespace Prestage.Tests.Simulation;

/// <summary>The other commands of the simulated Mac: packages, launchd, MDM, hardware, property lists.</summary>
public sealed class MacTestsSystem
{
    private const string Launchctl = "/bin/launchctl";
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_hardware_and_system_tell_what_the_options_say()
    {
        await using var mac = await SimulatedMac.StartAsync(new() { SerialNumber = "C02XYZ", OsVersion = "26.1", ClockOffset = TimeSpan.FromMinutes(9) }, Cancel);
        Assert.Contains("\"IOPlatformSerialNumber\" = \"C02XYZ\"", (await mac.RunAsync("/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice")).Output, StringComparison.Ordinal);
        Assert.Equal(new Ran(0, "26.1\n", string.Empty), await mac.RunAsync("/usr/bin/sw_vers", "-productVersion"));
        Assert.Equal("0\n", (await mac.RunAsync("/usr/bin/id", "-u")).Output);
        Assert.Matches(@"^-540\.\d+ \+/- \d\.\d+ time\.apple\.com 17\.", (await mac.RunAsync("/usr/bin/sntp", "-sS", "time.apple.com")).Output);
        Assert.Equal(TimeSpan.Zero, mac.State.ClockOffset);
        Assert.StartsWith("Reachable", (await mac.RunAsync("/usr/sbin/scutil", "-r", "example.com")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_MDM_and_FileVault_are_told_as_the_options_say()
    {
        await using var mac = await SimulatedMac.StartAsync(new() { BootstrapTokenEscrowed = false, FileVaultOn = true }, Cancel);
        Assert.Equal(
            "profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: NO\n",
            (await mac.RunAsync("/usr/bin/profiles", "status", "-type", "bootstraptoken")).Output);
        Assert.StartsWith("Enrolled via DEP: Yes\nMDM enrollment: Yes (User Approved)\n", (await mac.RunAsync("/usr/bin/profiles", "status", "-type", "enrollment")).Output, StringComparison.Ordinal);
        Assert.Equal(new Ran(0, "FileVault is On.\n", string.Empty), await mac.RunAsync("/usr/bin/fdesetup", "status"));
        Assert.Equal(new Ran(0, "true\n", string.Empty), await mac.RunAsync("/usr/bin/fdesetup", "isactive"));
    }

    [Fact]
    public async Task Jobs_are_loaded_once_and_gone_a_little_after_their_bootout()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        var plist = mac.PathOf("/Library/LaunchDaemons/io.example.job.plist");
        await File.WriteAllTextAsync(plist, Plist("<key>Label</key><string>io.example.job</string>"), Cancel);
        Assert.Equal(113, (await mac.RunAsync(Launchctl, "print", "system/io.example.job")).ExitCode);
        Assert.Equal(new Ran(0, string.Empty, string.Empty), await mac.RunAsync(Launchctl, "bootstrap", "system", plist));
        Assert.Equal(new Ran(5, string.Empty, "Bootstrap failed: 5: Input/output error\n"), await mac.RunAsync(Launchctl, "bootstrap", "system", plist));
        Assert.Matches(@"\tstate = running\n\tpid = \d+\n", (await mac.RunAsync(Launchctl, "print", "system/io.example.job")).Output);
        var first = mac.State.Jobs["io.example.job"].Pid;
        Assert.Equal(0, (await mac.RunAsync(Launchctl, "kickstart", "-k", "system/io.example.job")).ExitCode);
        Assert.NotEqual(first, mac.State.Jobs["io.example.job"].Pid);
        Assert.Equal(new Ran(0, string.Empty, string.Empty), await mac.RunAsync(Launchctl, "bootout", "system/io.example.job"));
        await mac.WaitForAsync(state => state.Jobs.Count == 0, Cancel);
        Assert.Equal(new Ran(3, string.Empty, "Boot-out failed: 3: No such process\n"), await mac.RunAsync(Launchctl, "bootout", "system/io.example.job"));
        await mac.RebootAsync(Cancel);
        Assert.True(mac.State.Jobs.ContainsKey("io.example.job"));
    }

    [Fact]
    public async Task A_job_that_others_may_write_or_that_is_disabled_is_not_loaded()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        var plist = mac.PathOf("/Library/LaunchDaemons/io.example.job.plist");
        await File.WriteAllTextAsync(plist, Plist("<key>Label</key><string>io.example.job</string>"), Cancel);
        await mac.RunAsync(Launchctl, "disable", "system/io.example.job");
        Assert.Equal(5, (await mac.RunAsync(Launchctl, "bootstrap", "system", plist)).ExitCode);
        await mac.RunAsync(Launchctl, "enable", "system/io.example.job");
        UnixFile.Write(plist, await File.ReadAllTextAsync(plist, Cancel), UnixFileMode.UserRead | UnixFileMode.GroupWrite);
        Assert.Equal(5, (await mac.RunAsync(Launchctl, "bootstrap", "system", plist)).ExitCode);
    }

    [Fact]
    public async Task Programs_of_the_host_are_never_run()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        Assert.Equal(127, (await mac.RunAsync(Launchctl, "asuser", "501", "/bin/echo", "hello")).ExitCode);
        Assert.Equal(127, (await mac.RunAsync("/usr/bin/sudo", "-u", "enroll", "/../../../../../bin/echo")).ExitCode);
        Assert.Equal("501\n", (await mac.RunAsync(Launchctl, "asuser", "501", "/usr/bin/sudo", "-H", "-u", "enroll", "id", "-u")).Output);
    }

    [Fact]
    public async Task A_package_shows_its_signature_and_leaves_a_receipt()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        var package = mac.PathOf("/private/tmp/tool.pkg");
        await File.WriteAllTextAsync(package, new JsonObject
        {
            ["package"] = "io.example.tool",
            ["name"] = "tool",
            ["signature"] = new JsonObject
            {
                ["status"] = "signed by a developer certificate issued by Apple for distribution",
                ["leaf"] = "Developer ID Installer: EXAMPLE INC (ABCDE12345)",
            },
        }.ToJsonString(), Cancel);
        var check = await mac.RunAsync("/usr/sbin/pkgutil", "--check-signature", package);
        Assert.Equal(0, check.ExitCode);
        Assert.StartsWith("Package \"tool.pkg\":\n   Status: signed by a developer certificate issued by Apple for distribution\n", check.Output, StringComparison.Ordinal);
        Assert.Contains("\n    1. Developer ID Installer: EXAMPLE INC (ABCDE12345)\n", check.Output, StringComparison.Ordinal);
        Assert.Contains(": accepted\nsource=Notarized Developer ID\n", (await mac.RunAsync("/usr/sbin/spctl", "-a", "-vv", "-t", "install", package)).Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await mac.RunAsync("/usr/sbin/pkgutil", "--pkg-info", "io.example.tool")).ExitCode);
        Assert.Equal(
            new Ran(0, "installer: Package name is tool\ninstaller: Installing at base path /\ninstaller: The install was successful.\n", string.Empty),
            await mac.RunAsync("/usr/sbin/installer", "-pkg", package, "-target", "/"));
        Assert.Contains("The upgrade was successful.", (await mac.RunAsync("/usr/sbin/installer", "-pkg", package, "-target", "/")).Output, StringComparison.Ordinal);
        Assert.StartsWith("package-id: io.example.tool\nversion: 1.0\nvolume: /\n", (await mac.RunAsync("/usr/sbin/pkgutil", "--pkg-info", "io.example.tool")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unsigned_package_has_no_signature_and_is_installed_all_the_same()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        var package = mac.PathOf("/private/tmp/tool.pkg");
        await File.WriteAllTextAsync(package, """{"package":"io.example.tool","name":"tool"}""", Cancel);
        Assert.Equal(new Ran(1, "Package \"tool.pkg\":\n   Status: no signature\n", string.Empty), await mac.RunAsync("/usr/sbin/pkgutil", "--check-signature", package));
        Assert.Equal(3, (await mac.RunAsync("/usr/sbin/spctl", "-a", "-vv", "-t", "install", package)).ExitCode);
        Assert.Equal(0, (await mac.RunAsync("/usr/sbin/installer", "-pkg", package, "-target", "/")).ExitCode);
        Assert.Contains(
            "Error - the package path specified was invalid", (await mac.RunAsync("/usr/sbin/installer", "-pkg", "/none.pkg", "-target", "/")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Property_lists_become_JSON_unless_JSON_cannot_hold_them()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        var file = mac.PathOf("/Library/Managed Preferences/io.example.plist");
        string[] convert = ["-convert", "json", "-o", "-", file];
        await File.WriteAllTextAsync(file, Plist("<key>a</key><string>ä \"b\"</string><key>n</key><integer>3</integer><key>l</key><array><true/><false/></array><key>d</key><dict/>"), Cancel);
        var shown = await mac.RunAsync("/usr/bin/plutil", convert);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"a":"ä \"b\"","n":3,"l":[true,false],"d":{}}"""), JsonNode.Parse(shown.Output)));
        await File.WriteAllTextAsync(file, Plist("<key>a</key><data>AA==</data>"), Cancel);
        Assert.Contains("invalid object in plist", (await mac.RunAsync("/usr/bin/plutil", convert)).Errors, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "{}", Cancel);
        Assert.Equal(1, (await mac.RunAsync("/usr/bin/plutil", convert)).ExitCode);
    }

    [Fact]
    public async Task Neither_state_file_nor_journal_nor_any_file_holds_a_password()
    {
        const string Canary = "canary-Passw0rd-51";
        await using var mac = await SimulatedMac.StartAsync(new() { Person = new() { Username = "anna", Password = Canary } }, Cancel);
        await mac.AddUserAsync("anna", Canary);
        await mac.FeedAsync("/usr/bin/dscl", Canary + "\n", ".", "-authonly", "anna");
        Assert.Empty(mac.Journal.PasswordsOnArgv);
        await mac.RunAsync("/usr/sbin/sysadminctl", "-addUser", "bert", "-fullName", "Bert", "-password", Canary);
        await mac.RunAsync("/usr/bin/dscl", ".", "-authonly", "anna", Canary);
        Assert.Equal(["sysadminctl -addUser bert -fullName Bert -password ***", "dscl . -authonly anna ***"], mac.Journal.PasswordsOnArgv);
        Assert.Equal(0, mac.Journal.Calls[^1].ExitCode);
        Assert.DoesNotContain(mac.Journal.Calls, call => call.Line.Contains(Canary, StringComparison.Ordinal));
        Assert.All(
            Directory.GetFiles(mac.Root, "*", SearchOption.AllDirectories).Append(mac.StateFile),
            file => Assert.DoesNotContain(Canary, File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_costs_little_more_than_the_start_of_bash()
    {
        const int Calls = 100;
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.RunAsync("/usr/bin/id", "-u", "enroll");
        var clock = Stopwatch.StartNew();
        for (var call = 0; call < Calls; call++)
        {
            Assert.Equal(0, (await mac.FeedAsync("/usr/bin/dscl", "enroll-Us3r\n", ".", "-authonly", "enroll")).ExitCode);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"one call, process start and standard input included: {clock.Elapsed.TotalMilliseconds / Calls:0.0} ms");
        TestContext.Current.TestOutputHelper?.WriteLine($"of that in the resident process: {mac.Journal.Calls.Average(call => call.Milliseconds):0.00} ms");
    }

    private static string Plist(string entries) => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0"><dict>{entries}</dict></plist>
        """;
}
