extern alias shim;

using System.Text.Json.Nodes;
using Prestage.Simulators.Mac.Machine;
using Prestage.Tests.Shim.Steps;
using shim::Prestage.Shim.Mac;
using shim::Prestage.Shim.Processes;
using shim::Prestage.Shim.Settings;
using shim::Prestage.Shim.Ui.SwiftDialog;
using Xunit;
using Account = shim::Prestage.Wire.Account;
using DialogFiles = Prestage.Simulators.Mac.Machine.DialogFiles;

namespace Prestage.Tests.Shim.Ui;

/// <summary>The window that asks for the password is swiftDialog as its maker signed it, and root's.</summary>
public sealed class SwiftDialogTrustTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_that_another_user_can_write_is_not_run_as_root()
    {
        using var mac = new TemporaryDirectory();
        mac.AddCommand("/usr/local/bin/dialog", $"id -u >'{mac.At("ran-as")}'; echo 9.9.9");
        Chmod(mac.At("usr/local/bin/dialog"), (UnixFileMode)0b111_111_111);
        await Ownership.GiveAwayAsync(mac.At("usr/local/bin/dialog"));
        var paths = new MacPaths(mac.Path);
        var commands = new CommandRunner(paths, TimeProvider.System);
        using var http = new HttpClient();
        var settings = SettingsParser.Parse(
            System.Text.Encoding.UTF8.GetBytes(
                new JsonObject { ["serviceUrl"] = "https://x.example", ["connectKey"] = new string('k', 40), ["enrollmentUser"] = "enroll" }.ToJsonString()),
            "config.json");
        var package = new SwiftDialogPackage(
            settings, new MacSystem(paths, commands, TimeProvider.System), commands, new PackageDownload(http, TimeProvider.System));
        Assert.False(await package.IsUsableAsync(Cancel));
        Assert.False(File.Exists(mac.At("ran-as")));
    }

    [Fact]
    public async Task What_is_installed_is_used_without_being_asked_anything_as_root()
    {
        await using var bench = await StartAsync();
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Empty(bench.Warnings);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Command == "installer" && call.Line.Contains("dialog", StringComparison.Ordinal));
        Assert.All(bench.Mac.Journal.Calls.Where(call => call.Command == "dialog"), call => Assert.NotEqual(0, call.Uid));
        Assert.Single(bench.Mac.Journal.Calls, call => call.Command == "codesign");
    }

    [Fact]
    public async Task An_app_of_another_team_is_replaced_by_the_pinned_one_before_it_is_shown()
    {
        await using var bench = await StartAsync();
        SignedApp.Sign(bench.Mac.PathOf(DialogFiles.App), "ABCDE12345");
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Empty(bench.Warnings);
        Assert.Equal(DialogFiles.Team, (string?)SignedApp.SealOf(bench.Mac.PathOf(DialogFiles.App))!["team"]);
    }

    [Theory]
    [InlineData("another team")]
    [InlineData("not by Apple")]
    [InlineData("changed")]
    [InlineData("added")]
    [InlineData("unsigned")]
    public async Task An_app_that_is_not_as_its_maker_signed_it_is_never_shown(string how)
    {
        await using var bench = await StartAsync();
        bench.Configure(settings => settings["dialogPackageSha256"] = new string('0', 64));
        var app = bench.Mac.PathOf(DialogFiles.App);
        switch (how)
        {
            case "another team":
                SignedApp.Sign(app, "ABCDE12345");
                break;
            case "not by Apple":
                SignedApp.Sign(app, DialogFiles.Team, byApple: false);
                break;
            case "changed":
                await File.AppendAllTextAsync($"{app}/Contents/MacOS/dialogcli", "# more\n", Cancel);
                break;
            case "added":
                await File.WriteAllTextAsync($"{app}/Contents/MacOS/extra", string.Empty, Cancel);
                break;
            default:
                Directory.Delete($"{app}/Contents/_CodeSignature", recursive: true);
                break;
        }

        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(["swift-dialog-unavailable"], bench.Warnings);
        Assert.All(bench.Mac.Dialogs.Shown, window => Assert.Equal("osascript", window.Program));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/Contents/MacOS")]
    [InlineData("/Contents/MacOS/dialogcli")]
    [InlineData("/Contents/Info.plist")]
    public async Task An_app_in_which_others_can_write_gives_way_to_plain_dialogs_and_log_IT_and_doctor_say_why(string place)
    {
        await using var bench = await StartAsync();
        var open = bench.Mac.PathOf(DialogFiles.App) + place;
        Chmod(open, (UnixFileMode)0b111_111_111);
        Assert.Contains($"others can write to {open}", (await bench.RunAsync("doctor", [], [])).Shown, StringComparison.Ordinal);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.All(bench.Mac.Dialogs.Shown, window => Assert.Equal("osascript", window.Program));
        Assert.Contains($"swift-dialog-unavailable: swiftDialog is not used: others can write to {open}.", bench.Log, StringComparison.Ordinal);
        Assert.Contains($"others can write to {open}", Assert.Single(bench.Service.Reports).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Command == "codesign");
    }

    [Fact]
    public async Task A_link_of_the_app_out_of_the_Mac_is_not_followed()
    {
        await using var bench = await StartAsync();
        var tool = bench.Mac.PathOf($"{DialogFiles.App}/Contents/MacOS/dialogcli");
        File.Delete(tool);
        File.CreateSymbolicLink(tool, "/bin/true");
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.All(bench.Mac.Dialogs.Shown, window => Assert.Equal("osascript", window.Program));
    }

    [Fact]
    public async Task A_directory_of_commands_that_is_a_persons_is_no_hindrance_as_nothing_in_it_is_run()
    {
        await using var bench = await StartAsync();
        Chmod(bench.Mac.PathOf("/usr/local/bin"), (UnixFileMode)0b111_111_111);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Empty(bench.Warnings);
        Assert.All(bench.Mac.Dialogs.Shown, window => Assert.Equal("dialog 3.0.1", window.Program));
    }

    private static Task<MacBench> StartAsync() =>
        MacBench.StartAsync(mac => mac.DialogVersion = "3.0.1", MacBench.Windows(), new Account("anna", "Anna Berg", Admin: true));

    private static void Chmod(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
