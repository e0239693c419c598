extern alias shim;

using Prestage.Simulators.Mac.Dialogs;
using Prestage.Tests.Shim.Steps;
using Prestage.Tests.Support;
using Xunit;
using Account = shim::Prestage.Wire.Account;

namespace Prestage.Tests.Shim.Ui;

/// <summary>Windows of swiftDialog that outlive the run which showed them: they stay to be read, and the next program closes them.</summary>
public sealed class LeftWindowTests
{
    [Fact]
    public async Task A_run_that_stops_leaves_a_window_with_the_code_for_support_and_the_next_start_closes_it()
    {
        await using var bench = await StartAsync();
        var stopped = await LeaveWindowAsync(bench);
        Assert.Contains("This Mac cannot be enrolled now.", PlainText.Of((string)stopped.Content["message"]!), StringComparison.Ordinal);
        Assert.Equal("Support code: ps-05", PlainText.Of((string)stopped.Content["infotext"]!));
        Assert.Null(stopped.ExitCode);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        await Wait.UntilAsync(() => stopped.ExitCode is not null);
        Assert.Equal(5, stopped.ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_window_of_a_stop_outlives_launchds_job_because_the_job_asks_for_that(bool asked)
    {
        await using var bench = await StartAsync();
        if (!asked)
        {
            var plist = bench.Mac.PathOf("/Library/LaunchDaemons/io.prestage.enroll.plist");
            await File.WriteAllTextAsync(plist, (await File.ReadAllTextAsync(plist, Cancel)).Replace("AbandonProcessGroup", "Abandoned", StringComparison.Ordinal), Cancel);
        }

        bench.Service.Order("/api/verify", 403, "device-not-eligible");
        using var job = bench.StartAsJob();
        await job.StandardOutput.ReadToEndAsync(Cancel);
        await job.WaitForExitAsync(Cancel);
        await Wait.UntilAsync(() => bench.Mac.Dialogs.Shown[^1].Content["listitem"] is null);
        var stopped = bench.Mac.Dialogs.Shown[^1];

        await bench.EndJobAsync(job);

        if (asked)
        {
            Assert.Equal(0, (await bench.RunAsync("uninstall", ["--force"], [])).ExitCode);
        }

        await Wait.UntilAsync(() => stopped.ExitCode is not null);
        Assert.Equal(asked ? 5 : 143, stopped.ExitCode);
    }

    [Fact]
    public async Task A_reset_closes_the_window_of_a_stop()
    {
        await using var bench = await StartAsync();
        bench.Service.Order("/api/verify", 403, "device-not-eligible");
        await bench.RunAsync();
        await Wait.UntilAsync(() => bench.Mac.Dialogs.Shown[^1].Content["listitem"] is null);
        Assert.Equal(0, (await bench.RunAsync("reset", [], [])).ExitCode);
        await Wait.UntilAsync(() => bench.Mac.Dialogs.Shown[^1].ExitCode is 5);
        Assert.False(Directory.Exists(bench.Mac.PathOf("/Library/Application Support/Prestage Window")));
    }

    [Fact]
    public async Task A_window_of_an_earlier_start_does_not_lie_over_what_is_said_before_the_next_one()
    {
        await using var bench = await StartAsync();
        var left = await LeaveWindowAsync(bench);
        bench.Service.Order("/api/health", 404, "not-found");
        Assert.Equal(1, (await bench.RunAsync()).ExitCode);
        Assert.Equal("osascript", bench.Mac.Dialogs.Shown[^1].Program);
        Assert.Equal(5, left.ExitCode);
    }

    [Theory]
    [InlineData("osascript")]
    [InlineData("console")]
    public async Task A_window_of_an_earlier_start_is_closed_where_the_settings_now_want_another_kind(string ui)
    {
        await using var bench = await StartAsync();
        var left = await LeaveWindowAsync(bench);
        bench.Configure(settings => settings["ui"] = ui);
        Assert.Equal(0, (await bench.RunAsync(MacBench.Answers)).ExitCode);
        Assert.Equal(5, left.ExitCode);
    }

    [Fact]
    public async Task A_window_of_an_earlier_start_does_not_lie_over_plain_dialogs_where_swiftDialog_is_gone()
    {
        await using var bench = await StartAsync();
        var left = await LeaveWindowAsync(bench);
        File.Delete(bench.Mac.PathOf("/usr/local/bin/dialog"));
        bench.Configure(settings => settings["dialogPackageSha256"] = new string('0', 64));
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        Assert.Equal(["swift-dialog-unavailable"], bench.Warnings);
        Assert.Equal(5, left.ExitCode);
    }

    [Fact]
    public async Task A_window_that_outlived_the_receipt_is_closed_by_the_next_start()
    {
        await using var bench = await StartAsync();
        var left = await LeaveWindowAsync(bench);
        await File.WriteAllTextAsync(bench.Path("receipt.json"), "{}", Cancel);
        Assert.Equal(0, (await bench.RunAsync("run", ["--dry-run"], [])).ExitCode);
        Assert.Null(left.ExitCode);
        Assert.Equal(0, (await bench.RunAsync()).ExitCode);
        await Wait.UntilAsync(() => left.ExitCode is not null);
        Assert.Equal(5, left.ExitCode);
        Assert.False(Directory.Exists(bench.Mac.PathOf("/Library/Application Support/Prestage Window")));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task<MacBench> StartAsync() =>
        MacBench.StartAsync(settings: MacBench.Windows(), account: new Account("anna", "Anna Berg", Admin: true));

    // The window of a stop, which the next start closes.
    private static async Task<ShownWindow> LeaveWindowAsync(MacBench bench)
    {
        bench.Service.Order("/api/verify", 403, "device-not-eligible");
        Assert.Equal(4, (await bench.RunAsync()).ExitCode);
        await Wait.UntilAsync(() => bench.Mac.Dialogs.Shown[^1].Content["listitem"] is null);
        return bench.Mac.Dialogs.Shown[^1];
    }
}
