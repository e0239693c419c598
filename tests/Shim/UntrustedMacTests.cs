extern alias shim;

using System.Text.Json.Nodes;
using Prestage.Tests.Shim.Steps;
using shim::Prestage.Shim.Mac;
using shim::Prestage.Shim.Processes;
using shim::Prestage.Shim.State;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>The real program on a Mac on which others can change what root would run or believe.</summary>
public sealed class UntrustedMacTests
{
    private const UnixFileMode Open = (UnixFileMode)0b111_111_111;
    private const string Application = "/Library/Application Support";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_that_others_can_write_is_not_run()
    {
        using var mac = new TemporaryDirectory();
        mac.AddCommand("/usr/bin/dscl", $"touch '{mac.At("ran")}'");
        var commands = new CommandRunner(new MacPaths(mac.Path), TimeProvider.System);
        Chmod(mac.At("usr/bin/dscl"), Open);
        await Assert.ThrowsAsync<UntrustedPathException>(() => commands.RunAsync(Tool.Dscl, [], Cancel));
        await Assert.ThrowsAsync<UntrustedPathException>(() => commands.RunUncutAsync(Tool.Dscl, [], TimeSpan.FromMinutes(1), Cancel));
        await Assert.ThrowsAsync<UntrustedPathException>(() => commands.AskAsync(Tool.Dscl, [], [], Cancel));
        Assert.Throws<UntrustedPathException>(() => commands.TryStart(Tool.Dscl, []));
        Assert.False(File.Exists(mac.At("ran")));
    }

    [Fact]
    public void All_tools_are_known_to_the_check() =>
        Assert.Equal(
            typeof(Tool).GetFields().Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal),
            Tool.All.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("/usr/bin/dscl", 5)]
    [InlineData("/usr/sbin", 1)]
    [InlineData("/usr/bin/caffeinate", 1)]
    public async Task A_tool_of_others_stops_the_run_at_its_step_and_person_log_and_IT_know_why(string path, int step)
    {
        await using var bench = await MacBench.StartAsync();
        Chmod(bench.Mac.PathOf(path), Open);
        var (exitCode, shown) = await bench.RunAsync(MacBench.Answers);
        Assert.Equal(6, exitCode);
        Assert.Contains($"tell IT the code ps-0{step}.", shown, StringComparison.Ordinal);
        var log = bench.Log.Replace("/scutil", string.Empty, StringComparison.Ordinal).Replace("/ioreg", string.Empty, StringComparison.Ordinal);
        Assert.Contains($"untrusted-path: {bench.Mac.PathOf(path)}", log, StringComparison.Ordinal);
        Assert.Contains($"others can write to {bench.Mac.PathOf(path)}.", bench.Log, StringComparison.Ordinal);
        Chmod(bench.Mac.PathOf(path), (UnixFileMode)0b111_101_101);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Contains(bench.Service.Reports, report => report is { Level: "error", Code: "untrusted-path" });
    }

    [Fact]
    public async Task A_Mac_whose_root_is_open_runs_nothing_at_all()
    {
        await using var bench = await MacBench.StartAsync();
        Chmod(bench.Mac.Root, (UnixFileMode)0b111_101_101);
        Assert.Equal(6, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        var (exitCode, shown) = await bench.RunAsync("doctor", [], []);
        Assert.Equal(11, exitCode);
        Assert.Contains($"PRESTAGE_ROOT ({bench.Mac.Root}) must be a directory of user", shown, StringComparison.Ordinal);
        foreach (var command in new[] { "status", "reset", "uninstall" })
        {
            Assert.Equal(6, (await bench.RunAsync(command, [], [])).ExitCode);
        }

        Assert.Empty(bench.Mac.Journal.Calls);
    }

    [Fact]
    public async Task A_state_directory_of_another_user_is_not_taken_over()
    {
        await using var bench = await MacBench.StartAsync();
        await Ownership.GiveAwayAsync(bench.Path(string.Empty));
        var (exitCode, shown) = await bench.RunAsync(MacBench.Answers);
        Assert.Equal(6, exitCode);
        Assert.Contains("belongs to user 1000, and not to 0", shown, StringComparison.Ordinal);
        Assert.Contains("belongs to user 1000, and not to 0", bench.Log, StringComparison.Ordinal);
        Assert.Contains(
            bench.Mac.Dialogs.Shown,
            window => PlainText.Of((string)window.Content["message"]!).EndsWith("the code ps-01.", StringComparison.Ordinal));
        Assert.Equal(["config.json"], Directory.GetFileSystemEntries(bench.Path(string.Empty)).Select(Path.GetFileName));
        Assert.Empty(bench.Service.Calls);
    }

    [Fact]
    public void A_state_directory_that_others_could_write_to_is_not_closed_and_used()
    {
        using var mac = new TemporaryDirectory();
        var paths = new MacPaths(mac.Path);
        Directory.CreateDirectory(paths.StateDirectory);
        Chmod(paths.StateDirectory, Open);
        Assert.Throws<UntrustedPathException>(new StateDirectory(paths).Create);
        Chmod(paths.StateDirectory, (UnixFileMode)0b111_101_101);
        new StateDirectory(paths).Create();
    }

    [Theory]
    [InlineData("/Library/Managed Preferences/io.prestage.enroll.plist")]
    [InlineData("/Library/Application Support/Prestage/config.json")]
    public async Task Settings_that_others_can_write_are_not_read(string file)
    {
        await using var bench = await MacBench.StartAsync();
        if (!File.Exists(bench.Mac.PathOf(file)))
        {
            await File.WriteAllTextAsync(bench.Mac.PathOf(file), "<plist><dict/></plist>", Cancel);
        }

        Chmod(bench.Mac.PathOf(file), (UnixFileMode)0b110_110_110);
        var (exitCode, shown) = await bench.RunAsync("run", ["--dry-run"], []);
        Assert.Equal(2, exitCode);
        Assert.Contains($"{bench.Mac.PathOf(file)} is not read: others can write to {bench.Mac.PathOf(file)}.", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Command == "plutil" && call.Line.Contains("Managed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_directory_of_others_gets_no_log_and_IT_is_told()
    {
        await using var bench = await MacBench.StartAsync();
        var directory = bench.Mac.PathOf("/Library/Logs/Prestage");
        Directory.CreateDirectory(directory);
        Chmod(directory, Open);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Empty(Directory.GetFiles(directory));
        var told = Assert.Single(bench.Service.Reports, report => report.Code == "log-refused");
        Assert.Contains($"others can write to {directory}", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_of_the_agent_that_others_can_write_to_gets_no_connect_key()
    {
        await using var bench = await MacBench.StartAsync();
        Directory.CreateDirectory(bench.Mac.PathOf("/opt/jc"));
        Chmod(bench.Mac.PathOf("/opt/jc"), Open);
        Assert.Equal(6, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Empty(Directory.GetFiles(bench.Mac.PathOf("/opt/jc")));
        Assert.Contains("untrusted-path", bench.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_directory_of_others_is_not_used()
    {
        await using var bench = await MacBench.StartAsync();
        Directory.CreateDirectory(bench.Path("agent-package"));
        Chmod(bench.Path("agent-package"), Open);
        Assert.Equal(6, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Command == "installer");
    }

    [Fact]
    public async Task A_windows_directory_of_others_is_not_used_and_plain_dialogs_ask()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.DialogVersion = "3.0.1", MacBench.Windows());
        var directory = bench.Mac.PathOf($"{Application}/Prestage Window");
        Directory.CreateDirectory(directory);
        Chmod(directory, Open);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.All(bench.Mac.Dialogs.Shown, window => Assert.Equal("osascript", window.Program));
        var told = Assert.Single(bench.Service.Reports, report => report.Code == "swift-dialog-unavailable");
        Assert.Contains($"others can write to {directory}", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_osascript_is_not_roots_either_the_console_asks()
    {
        await using var bench = await MacBench.StartAsync(settings: settings => settings["ui"] = "osascript");
        Chmod(bench.Mac.PathOf("/usr/bin/osascript"), Open);
        var (_, shown) = await bench.RunAsync(MacBench.Answers);
        Assert.Contains("Hello, Anna Berg.", shown, StringComparison.Ordinal);
        Assert.Empty(bench.Mac.Dialogs.Shown);
        Assert.Contains(bench.Service.Reports, report => report.Code == "osascript-unavailable");
    }

    [Fact]
    public async Task The_doctor_names_each_path_that_is_not_roots()
    {
        await using var bench = await MacBench.StartAsync();
        Directory.CreateDirectory(bench.Mac.PathOf("/opt/prestage"));
        Chmod(bench.Mac.PathOf("/opt/prestage"), Open);
        Directory.CreateDirectory(bench.Mac.PathOf("/Library/Logs/Prestage"));
        Chmod(bench.Mac.PathOf("/Library/Logs/Prestage"), Open);
        await File.WriteAllTextAsync(bench.Mac.PathOf("/opt/prestage/prestage"), string.Empty, Cancel);
        var (exitCode, shown) = await bench.RunAsync("doctor", ["--json"], []);
        Assert.Equal(11, exitCode);
        var found = JsonNode.Parse(shown)!["findings"]!.AsArray()
            .Where(finding => (string?)finding!["check"] == "ownership").Select(finding => (string)finding!["found"]!);
        Assert.Equal(
            [$"others can write to {bench.Mac.PathOf("/Library/Logs/Prestage")}.", $"others can write to {bench.Mac.PathOf("/opt/prestage")}."], found);
    }

    private static void Chmod(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
