using Prestage.Tests.Shim.Steps;
using Xunit;

namespace Prestage.Tests.Shim.Commands;

/// <summary>prestage run --dry-run: each step, and not one change.</summary>
public sealed class DryRunTests
{
    [Fact]
    public async Task Each_step_is_shown_and_nothing_is_touched()
    {
        await using var bench = await MacBench.StartAsync();
        var (state, files) = (bench.Mac.State, Snapshot.Of(bench.Mac.Root));

        var (exitCode, shown) = await bench.RunAsync("run", ["--dry-run"], []);

        Assert.Equal(0, exitCode);
        Assert.Equal(14, shown.Split('\n').Count(line => line.StartsWith('[')));
        Assert.Contains("[13/14] remove enrollment user: delete enroll if ", shown, StringComparison.Ordinal);
        Assert.Same(state, bench.Mac.State);
        Assert.Equal(files, Snapshot.Of(bench.Mac.Root));
        Assert.Equal(["id -u"], bench.Mac.Journal.Calls.Select(call => call.Line));
        Assert.Empty(bench.Service.Calls);
    }

    [Fact]
    public async Task On_an_enrolled_Mac_nothing_is_touched_either()
    {
        await using var bench = await MacBench.StartAsync();
        ResetTests.Leave(bench, "receipt.json", "{}");
        var files = Snapshot.Of(bench.Mac.Root);
        Assert.Equal(0, (await bench.RunAsync("run", ["--dry-run"], [])).ExitCode);
        Assert.Equal(files, Snapshot.Of(bench.Mac.Root));
    }
}
