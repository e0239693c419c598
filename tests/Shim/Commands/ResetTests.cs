extern alias shim;

using System.Diagnostics;
using System.Text.Json.Nodes;
using Prestage.Tests.Shim.Steps;
using Xunit;
using Account = shim::Prestage.Wire.Account;

namespace Prestage.Tests.Shim.Commands;

/// <summary>prestage reset on a simulated Mac: forgets, so that the next run begins anew, and touches no account.</summary>
public sealed class ResetTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_reset_the_Mac_enrolls_from_the_first_step()
    {
        await using var bench = await MacBench.StartAsync(account: new Account("anna", "Anna Berg", Admin: true));
        var config = File.ReadAllText(bench.Path("config.json"));
        await bench.RunAsync(MacBench.Answers);
        var accounts = bench.Mac.State.Users;

        var (exitCode, shown) = await bench.RunAsync("reset", [], []);

        Assert.Equal(0, exitCode);
        Assert.Contains("Forgotten: receipt.json.\n", shown, StringComparison.Ordinal);
        Assert.Same(accounts, bench.Mac.State.Users);
        File.WriteAllText(bench.Path("config.json"), config);
        Assert.Contains("[ 1/14] preflight … ", (await bench.RunAsync()).Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Journal_and_token_are_forgotten_and_the_settings_stay()
    {
        await using var bench = await MacBench.StartAsync();
        Leave(bench, "journal.json", new JsonObject { ["step"] = "associate", ["enrollmentId"] = "e1", ["createdAccount"] = "anna" }.ToJsonString());
        Leave(bench, "token", "e1.token-1");
        var config = File.ReadAllText(bench.Path("config.json"));

        var (exitCode, shown) = await bench.RunAsync("reset", [], []);

        Assert.Equal(0, exitCode);
        Assert.Contains("Forgotten: journal.json, token.\n", shown, StringComparison.Ordinal);
        Assert.Contains("The account anna stays", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("token-1", shown, StringComparison.Ordinal);
        Assert.Equal(["config.json", "lock"], Directory.GetFiles(bench.Path(string.Empty)).Select(Path.GetFileName).Order());
        Assert.Equal(config, File.ReadAllText(bench.Path("config.json")));
        Assert.Equal(["id -u"], bench.Mac.Journal.Calls.Select(call => call.Line));
    }

    [Fact]
    public async Task A_second_reset_has_nothing_to_forget()
    {
        await using var bench = await MacBench.StartAsync();
        Leave(bench, "token", "x");
        await bench.RunAsync("reset", [], []);
        var (exitCode, shown) = await bench.RunAsync("reset", [], []);
        Assert.Equal((0, true), (exitCode, shown.StartsWith("There is nothing to forget.\n", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_run_that_is_under_way_is_left_alone()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.EnrollmentUser.LoggedIn = false);
        using var run = await WaitingRunAsync(bench);

        var (exitCode, shown) = await bench.RunAsync("reset", [], []);

        Assert.Equal(12, exitCode);
        Assert.Contains("A prestage runs on this Mac; nothing was changed.", shown, StringComparison.Ordinal);
        Assert.True(File.Exists(bench.Path("journal.json")));
        Assert.False(run.HasExited);
        run.Kill();
        await run.WaitForExitAsync(Cancel);
    }

    [Fact]
    public async Task A_run_that_is_under_way_is_ended_when_told()
    {
        await using var bench = await MacBench.StartAsync(mac => mac.EnrollmentUser.LoggedIn = false);
        using var run = await WaitingRunAsync(bench);

        var (exitCode, shown) = await bench.RunAsync("reset", ["--force"], []);

        Assert.Equal(0, exitCode);
        Assert.Contains("Forgotten: journal.json.\n", shown, StringComparison.Ordinal);
        await run.WaitForExitAsync(Cancel);
        Assert.False(File.Exists(bench.Path("journal.json")));
        Assert.Contains(bench.Mac.Journal.Calls, call => call.Line == "launchctl bootout system/io.prestage.enroll");
    }

    /// <summary>A run that waits for somebody to log in.</summary>
    internal static async Task<Process> WaitingRunAsync(MacBench bench)
    {
        var run = bench.Start();
        while (await run.StandardOutput.ReadLineAsync(Cancel) is { } line && !line.Contains("preflight …", StringComparison.Ordinal))
        {
            // Until the first step is done.
        }

        return run;
    }

    internal static void Leave(MacBench bench, string name, string text) => File.WriteAllText(bench.Path(name), text);
}
