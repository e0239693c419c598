extern alias shim;

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Prestage.Simulators.Mac;
using Prestage.Simulators.Mac.Dialogs;
using Prestage.Tests.Shim.Steps;
using Xunit;
using Account = shim::Prestage.Wire.Account;

namespace Prestage.Tests.Shim.Ui;

/// <summary>Whole enrollments by the real program with windows by swiftDialog, before a simulated person.</summary>
public sealed class SwiftDialogRunTests
{
    [Theory]
    [InlineData("14.7.1", "2.5.6")]
    [InlineData("15.6", "3.0.1")]
    [InlineData("26.1", "3.0.1")]
    public async Task A_Mac_without_swiftDialog_gets_it_and_is_enrolled_in_windows(string osVersion, string version)
    {
        await using var bench = await StartAsync(mac => mac.OsVersion = osVersion, MacBench.Windows(version));
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Empty(bench.Warnings);
        var windows = bench.Mac.Dialogs.Shown;
        Assert.All(windows, window => Assert.Equal($"dialog {version}", window.Program));
        Assert.Equal([["identifier", "secret"], ["password"]], windows.Where(window => window.Asks).Select(Names));
        Assert.All(windows, window => Assert.Empty(window.Faults));
    }

    [Fact]
    public async Task The_steps_are_listed_and_move_on_in_the_session_of_whoever_is_at_the_screen()
    {
        await using var bench = await StartAsync();
        await bench.RunAsync();
        var progress = bench.Mac.Dialogs.Shown.Where(window => !window.Asks).ToArray();
        Assert.Equal([501, 502], progress.Select(window => window.Uid).Distinct());
        Assert.All(progress, window => Assert.Equal(9, window.Content["listitem"]!.AsArray().Count));
        Assert.Contains(progress, window => window.Commands.Contains("listitem: index: 0, status: success"));
        Assert.Contains(progress, window => window.Commands.Any(line => PlainText.Of(line) == "infotext: Support code: ps-05"));
        Assert.Equal("Checking this Mac", (string?)progress[0].Content["progresstext"]);
        Assert.Contains("progresstext: Finishing", progress[^1].Commands);
        Assert.All(progress[..^1], window => Assert.NotNull(window.ExitCode));
    }

    [Fact]
    public async Task Nothing_of_a_window_is_left_on_the_disk()
    {
        await using var bench = await StartAsync();
        await bench.RunAsync();
        Assert.False(Directory.Exists(bench.Mac.PathOf("/Library/Application Support/Prestage Window")));
        Assert.False(Directory.Exists(bench.Path("window-download")));
    }

    [Fact]
    public async Task A_wrong_answer_is_said_above_the_next_question_with_the_tries_that_are_left()
    {
        await using var bench = await StartAsync(
            mac => mac.Person!.Acts = [new PersonAct { Values = { ["identifier"] = "ana@example.com" } }]);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        var questions = Questions(bench);
        Assert.Equal(3, questions.Length);
        Assert.DoesNotContain("did not match", questions[0], StringComparison.Ordinal);
        Assert.Contains("**That did not match. Tries left: 4.**", questions[1], StringComparison.Ordinal);
        Assert.DoesNotContain("did not match", questions[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_that_misses_rules_shows_which_ones_and_is_not_sent()
    {
        await using var bench = await StartAsync(
            mac => mac.Person!.Acts = [new PersonAct(), new PersonAct { Values = { ["password"] = "geheim" } }]);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        var questions = Questions(bench);
        Assert.Contains("- At least 8 characters\n- A lowercase letter", questions[1], StringComparison.Ordinal);
        Assert.Contains("- ✗ At least 8 characters (still missing)\n- ✓ A lowercase letter", questions[2], StringComparison.Ordinal);
        Assert.Equal(1, bench.Service.Count("/api/activate"));
    }

    [Theory]
    [InlineData(nameof(ActKind.Close))]
    [InlineData(nameof(ActKind.Crash))]
    [InlineData(nameof(ActKind.Garble))]
    public async Task A_window_that_is_closed_or_dies_is_shown_again(string act)
    {
        var kind = Enum.Parse<ActKind>(act);
        await using var bench = await StartAsync(
            mac => mac.Person!.Acts = [new PersonAct { Kind = kind }, new PersonAct(), new PersonAct { Kind = kind }]);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(4, Questions(bench).Length);
        Assert.Empty(bench.Warnings);
        Assert.Equal(1, bench.Service.Count("/api/verify"));
    }

    [Fact]
    public async Task Two_passwords_that_differ_stay_in_the_window()
    {
        await using var bench = await StartAsync(
            mac => mac.Person!.Acts = [new PersonAct(), new PersonAct { Kind = ActKind.Mismatch }]);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(2, Questions(bench).Length);
    }

    [Fact]
    public async Task A_window_that_keeps_dying_gives_way_to_plain_dialogs_and_IT_is_told()
    {
        var crash = new PersonAct { Kind = ActKind.Crash };
        await using var bench = await StartAsync(mac => mac.Person!.Acts = [crash, crash, crash]);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(["swift-dialog-unavailable"], bench.Warnings);
        Assert.Contains("exit code 134", bench.Service.Reports.Single().Message, StringComparison.Ordinal);
        Assert.Equal(4, bench.Mac.Dialogs.Shown.Count(window => window is { Program: "osascript", Asks: true }));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", null, "SHA-256")]
    [InlineData(null, "/sim/nothing.pkg", "could not be downloaded")]
    [InlineData(null, "/sim/jumpcloud-agent.pkg", "SHA-256")]
    public async Task A_package_that_is_not_the_pinned_one_is_not_installed(string? hash, string? path, string why)
    {
        await using var bench = await StartAsync(settings: settings =>
        {
            MacBench.Windows()(settings);
            settings["dialogPackageSha256"] = hash ?? (string)settings["dialogPackageSha256"]!;
            settings["dialogPackageUrl"] = new Uri(new Uri((string)settings["dialogPackageUrl"]!), path ?? string.Empty).ToString();
        });
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(["swift-dialog-unavailable"], bench.Warnings);
        Assert.Contains(why, bench.Service.Reports.Single().Message, StringComparison.Ordinal);
        Assert.All(bench.Mac.Dialogs.Shown, window => Assert.Equal("osascript", window.Program));
        Assert.False(File.Exists(bench.Mac.PathOf("/usr/local/bin/dialog")));
    }

    [Fact]
    public async Task A_pinned_package_of_another_team_is_not_installed()
    {
        await using var bench = await StartAsync();
        var address = new Uri(bench.Tenant.BaseUrl, "/sim/jumpcloud-agent.pkg");
        using var http = new HttpClient();
        var package = await http.GetByteArrayAsync(address, TestContext.Current.CancellationToken);
        bench.Configure(settings =>
        {
            settings["dialogPackageUrl"] = address.ToString();
            settings["dialogPackageSha256"] = Convert.ToHexStringLower(SHA256.HashData(package));
        });
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Contains("swiftDialog's package is not signed by team", bench.Service.Reports.Single().Message, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Command == "installer" && call.Line.Contains("dialog.pkg", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_help_page_opens_beside_the_window_which_stays()
    {
        await using var bench = await StartAsync(
            mac => mac.Person!.Acts = [new PersonAct { Kind = ActKind.Inform }, new PersonAct(), new PersonAct { Kind = ActKind.Inform }],
            Helpful);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal([["https://help.example/mac?a=1"], ["https://help.example/mac?a=1"]], bench.Mac.Dialogs.Shown.Where(window => window.Asks).Select(window => window.Opened));
        Assert.All(bench.Mac.Dialogs.Shown, window =>
        {
            Assert.Equal("Help", (string?)window.Content["infobuttontext"]);
            Assert.StartsWith("Support code: ps-", PlainText.Of((string)window.Content["infobox"]!), StringComparison.Ordinal);
            Assert.Empty(window.Faults);
        });
        Assert.Contains(bench.Mac.Dialogs.Shown, window => window.Commands.Any(line => PlainText.Of(line) == "infobox: Support code: ps-05"));
    }

    [Fact]
    public async Task Without_a_help_page_there_is_no_button_for_it()
    {
        await using var bench = await StartAsync();
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.All(bench.Mac.Dialogs.Shown, window =>
        {
            Assert.False(window.Content.ContainsKey("infobuttontext"));
            Assert.True((bool)window.Content["ontop"]!);
        });
    }

    [Fact]
    public async Task A_run_that_stops_before_the_window_is_open_says_so_in_a_plain_dialog()
    {
        await using var bench = await StartAsync();
        bench.Service.Order("/api/health", 404, "not-found");
        Assert.Equal(1, (await bench.RunAsync()).ExitCode);
        var told = Assert.Single(bench.Mac.Dialogs.Shown);
        Assert.Equal("osascript", told.Program);
        Assert.Contains("tell IT the code ps-01.", PlainText.Of((string)told.Content["message"]!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_names_stay_names()
    {
        var name = "<br># Anna\n, status: *fail* {username} [x](http://x)";
        await using var bench = await StartAsync();
        bench.Service.Account = bench.Service.Account with { FullName = name };
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        var question = Questions(bench)[1];
        Assert.Contains(@"\<br\>\# Anna \, status\: \*fail\* \{username\} \[x\]\(http\:\/\/x\)", question, StringComparison.Ordinal);
        Assert.All(bench.Mac.Dialogs.Shown, window =>
        {
            Assert.Empty(window.Faults);
            Assert.DoesNotContain(window.Commands, line => line.Contains("Anna", StringComparison.Ordinal));
        });
    }

    private static Task<MacBench> StartAsync(Action<SimulatedMacOptions>? mac = null, Action<JsonObject>? settings = null) =>
        MacBench.StartAsync(mac, settings ?? MacBench.Windows(), new Account("anna", "Anna Berg", Admin: true));

    private static void Helpful(JsonObject settings)
    {
        MacBench.Windows()(settings);
        settings["helpUrl"] = "https://help.example/mac?a=1";
    }

    private static string[] Names(ShownWindow window) => [.. DialogCheck.Objects(window.Content, "textfield").Select(field => (string)field["name"]!)];

    private static string[] Questions(MacBench bench) =>
        [.. bench.Mac.Dialogs.Shown.Where(window => window.Asks).Select(window => PlainText.Of((string)window.Content["message"]!))];
}
