extern alias shim;

using Prestage.Simulators.Mac.Faults;
using Prestage.Tests.Activate;
using Prestage.Tests.Shim.Steps;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>What IT gets to read of a failure.</summary>
public sealed class ReporterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_report_of_several_lines_is_one_that_the_service_takes()
    {
        await using var harness = await ShimHarness.StartAsync();
        harness.Register();
        await harness.Context.Reporter.FailAsync(
            "agent",
            "agent-not-installed",
            "The agent's package is not installed (installer: installer: Package name is JumpCloud\ninstaller: The install failed).",
            Cancel);
        var report = Assert.Single(harness.Service.Reports);

        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        var reply = await mac.WithTokenAsync("/api/report", new { level = report.Level, step = report.Step, code = report.Code, message = report.Message });

        Assert.True((int)reply.Status == 204, $"{(int)reply.Status} {reply.Body}");
    }

    [Fact]
    public async Task A_problem_with_a_code_of_another_form_reaches_IT()
    {
        await using var harness = await ShimHarness.StartAsync();
        harness.Register();
        await harness.Context.Reporter.FailAsync("identify", "Some Proxy's code", "", Cancel);
        var report = Assert.Single(harness.Service.Reports);
        Assert.Equal(("some-proxy-s-code", "(no text)"), (report.Code, report.Message));
    }

    [Fact]
    public async Task The_reason_of_a_failed_installation_reaches_IT_in_one_line()
    {
        await using var bench = await MacBench.StartAsync();
        const string Output = "installer: Package name is JumpCloud\ninstaller: Installing at base path /\ninstaller: The install failed.\n";
        bench.Mac.SetFault(MacFaults.Says("failed", "installer", null, 1, Output).Always());
        Assert.Equal(1, (await bench.RunAsync()).ExitCode);
        bench.Mac.ClearFaults();
        await bench.RunAsync();
        var report = Assert.Single(bench.Service.Reports, report => report.Code == "agent-not-installed");
        Assert.Equal(
            "The agent's package is not installed (installer: installer: Package name is JumpCloud | installer: Installing at base path / "
            + "| installer: The install failed.).",
            report.Message);
    }

    [Fact]
    public async Task A_version_of_nonsense_does_not_make_the_persons_answer_unusable()
    {
        await using var bench = await MacBench.StartAsync();
        bench.Mac.SetFault(MacFaults.Says("malformed", "sw_vers", null, 0, "<dictionary> {\n+-- 0123: : YES\n").Always());
        var (exitCode, shown) = await bench.RunAsync(MacBench.Answers);
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("cannot be used", shown, StringComparison.Ordinal);
    }
}
