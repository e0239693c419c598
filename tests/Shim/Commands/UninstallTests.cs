extern alias shim;

using System.Diagnostics;
using System.Text.Json.Nodes;
using Prestage.Simulators.Mac.Commands;
using Prestage.Simulators.Mac.Machine;
using Prestage.Tests.Shim.Steps;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Shim.Commands;

/// <summary>prestage uninstall on a simulated Mac.</summary>
public sealed class UninstallTests
{
    private const int Killed = 137;
    private const string Label = "io.prestage.enroll";
    private const string Program = "/opt/prestage/prestage";
    private const string Daemon = $"/Library/LaunchDaemons/{Label}.plist";
    private const string Log = "/Library/Logs/Prestage/prestage.log";
    private static readonly string[] HandedOver = ["/opt/jc/agentBootstrap.json", "/var/run/JumpCloud-SecureToken-Creds.txt"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Job_state_and_program_go_and_the_log_stays()
    {
        await using var bench = await InstalledAsync();

        var (exitCode, shown) = await bench.RunAsync("uninstall", [], []);

        Assert.Equal(0, exitCode);
        AssertGone(bench);
        Assert.Equal("a line\n", File.ReadAllText(bench.Mac.PathOf(Log)));
        Assert.Contains("Prestage is not on this Mac any more.", shown, StringComparison.Ordinal);
        await bench.Mac.WaitForAsync(state => !state.Jobs.ContainsKey(Label), Cancel);
        Assert.False(bench.Mac.State.Receipts.ContainsKey(Label));
    }

    [Fact]
    public async Task A_second_uninstall_finds_nothing_and_is_as_good()
    {
        await using var bench = await InstalledAsync();
        await bench.RunAsync("uninstall", [], []);
        var (exitCode, shown) = await bench.RunAsync("uninstall", [], []);
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("Removed", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_crash_left_is_removed_by_the_next_call()
    {
        await using var bench = await InstalledAsync();
        File.Delete(bench.Mac.PathOf(Daemon));
        Directory.Delete(bench.Path(string.Empty), recursive: true);
        Assert.Equal(0, (await bench.RunAsync("uninstall", [], [])).ExitCode);
        AssertGone(bench);
    }

    [Fact]
    public async Task In_the_middle_of_an_enrollment_nothing_is_removed()
    {
        await using var bench = await InstalledAsync();
        ResetTests.Leave(bench, "journal.json", new JsonObject { ["step"] = "associate", ["enrollmentId"] = "e1" }.ToJsonString());
        var before = Snapshot.Of(bench.Mac.Root);

        var (exitCode, shown) = await bench.RunAsync("uninstall", [], []);

        Assert.Equal(13, exitCode);
        Assert.Contains("Enrollment e1 is under way at step associate; nothing was changed.", shown, StringComparison.Ordinal);
        Assert.Equal(before, Snapshot.Of(bench.Mac.Root));
        Assert.Equal(["id -u"], bench.Mac.Journal.Calls.Select(call => call.Line));
    }

    [Fact]
    public async Task In_the_middle_of_an_enrollment_everything_is_removed_when_told()
    {
        await using var bench = await InstalledAsync();
        ResetTests.Leave(bench, "journal.json", new JsonObject { ["step"] = "associate", ["enrollmentId"] = "e1" }.ToJsonString());
        Assert.Equal(0, (await bench.RunAsync("uninstall", ["--force"], [])).ExitCode);
        AssertGone(bench);
    }

    [Fact]
    public async Task After_the_end_of_an_enrollment_it_needs_no_force()
    {
        await using var bench = await InstalledAsync();
        await bench.RunAsync(MacBench.Answers);
        Assert.Equal(0, (await bench.RunAsync("uninstall", [], [])).ExitCode);
        AssertGone(bench);
    }

    [Fact]
    public async Task A_run_is_left_alone_and_ended_when_told()
    {
        await using var bench = await InstalledAsync(loggedIn: false);
        using var run = await ResetTests.WaitingRunAsync(bench);

        Assert.Equal(12, (await bench.RunAsync("uninstall", [], [])).ExitCode);
        Assert.False(run.HasExited);
        Assert.True(File.Exists(bench.Mac.PathOf(Program)));

        Assert.Equal(0, (await bench.RunAsync("uninstall", ["--force"], [])).ExitCode);
        await run.WaitForExitAsync(Cancel);
        AssertGone(bench);
    }

    [Fact]
    public async Task A_run_that_is_ended_takes_its_secrets_away_and_leaves_the_installation_alive()
    {
        await using var bench = await InstalledAsync(installs: true);
        using var run = await InstallingRunAsync(bench);

        Assert.Equal(0, (await bench.RunAsync("uninstall", ["--force"], [])).ExitCode);

        await run.WaitForExitAsync(Cancel);
        Assert.NotEqual(Killed, run.ExitCode);
        AssertGone(bench);
        AssertNothingHandedOver(bench);
        await AssertInstallationLivesAsync(bench);
    }

    [Theory]
    [InlineData("uninstall")]
    [InlineData("reset")]
    public async Task A_run_that_does_not_end_when_asked_is_killed_and_its_secrets_go_all_the_same(string command)
    {
        await using var bench = await InstalledAsync(installs: true);
        using var run = await InstallingRunAsync(bench);
        try
        {
            using (var stop = Process.Start("/bin/kill", ["-STOP", $"{run.Id}"]))
            {
                await stop.WaitForExitAsync(Cancel);
            }

            Assert.Equal(0, (await bench.RunAsync(command, ["--force"], [])).ExitCode);
            await run.WaitForExitAsync(Cancel);
            Assert.Equal(Killed, run.ExitCode);
            AssertNothingHandedOver(bench);
            await AssertInstallationLivesAsync(bench);
        }
        finally
        {
            // A stopped one would stay for ever.
            if (!run.HasExited)
            {
                run.Kill(entireProcessTree: true);
            }
        }
    }

    // A run whose installer works on until it is told to go.
    private static async Task<Process> InstallingRunAsync(MacBench bench)
    {
        UnixFile.Write(bench.Path("secure-token-admin"), "enroll;enroll-Us3r\n", UnixFile.OwnerOnly);
        var scratch = bench.Mac.PathOf("/private/tmp");
        UnixFile.Write(
            bench.Mac.PathOf("/usr/sbin/installer"),
            $"#!/bin/bash\necho $$ >'{scratch}/new'\nmv '{scratch}/new' '{scratch}/began'\nuntil [ -e '{scratch}/go' ] || [ ! -d '{scratch}' ]; do sleep 0.05; done\necho 'installer: The install was successful.'\ntouch '{scratch}/ended'\n",
            UnixFile.OwnerOnlyProgram);
        var run = bench.Start(MacBench.Answers);
        await Wait.UntilAsync(() =>
        {
            Assert.False(run.HasExited, "the run ended before its installation began");
            return File.Exists($"{scratch}/began");
        });

        Assert.All(HandedOver, path => Assert.True(File.Exists(bench.Mac.PathOf(path)), path));
        return run;
    }

    private static async Task AssertInstallationLivesAsync(MacBench bench)
    {
        var installer = File.ReadAllText(bench.Mac.PathOf("/private/tmp/began")).Trim();
        Assert.True(ChildProcess.Runs(installer));
        File.WriteAllText(bench.Mac.PathOf("/private/tmp/go"), string.Empty);
        await ChildProcess.WritesAsync(installer, bench.Mac.PathOf("/private/tmp/ended"), Cancel);
    }

    private static void AssertNothingHandedOver(MacBench bench) => Assert.All(HandedOver, path => Assert.False(File.Exists(bench.Mac.PathOf(path)), path));

    private static async Task<MacBench> InstalledAsync(bool loggedIn = true, bool installs = false)
    {
        var bench = await MacBench.StartAsync(
            mac => mac.EnrollmentUser.LoggedIn = loggedIn, settings => settings["agentServiceAccount"] = installs ? "create" : "none");
        Directory.CreateDirectory(bench.Mac.PathOf("/opt/prestage"));
        File.WriteAllText(bench.Mac.PathOf(Program), "program");
        Directory.CreateDirectory(bench.Mac.PathOf("/Library/Logs/Prestage"));
        File.WriteAllText(bench.Mac.PathOf(Log), "a line\n");
        Directory.CreateDirectory(bench.Mac.PathOf("/Library/Application Support/Prestage Window"));
        bench.Mac.Change(state => LaunchctlJobs.Load(state, Label, Daemon) with { Receipts = state.Receipts.Add(Label, new(Label, "0.1.0", default)) });
        return bench;
    }

    private static void AssertGone(MacBench bench) => Assert.All(
        new[] { Daemon, "/Library/Application Support/Prestage", "/Library/Application Support/Prestage Window", "/opt/prestage" },
        path => Assert.False(Path.Exists(bench.Mac.PathOf(path)), path));
}
