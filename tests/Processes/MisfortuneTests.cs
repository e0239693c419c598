using System.Collections.Concurrent;
using Prestage.Simulators.Sandbox;
using Prestage.Simulators.Sandbox.Misfortunes;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Processes;

/// <summary>The sandbox with everything going wrong: <c>./dev sandbox --faults</c>.</summary>
public sealed class MisfortuneTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // A seed whose refusals of the key, half a minute each, strike where no Mac waits.
    [Fact]
    public async Task Three_Macs_enroll_while_everything_goes_wrong() =>
        await RunAsync(new(Macs: 3, Exit: true, Published: await PublishedFolder.PathAsync(), Seed: 7));

    [Fact]
    public void A_seed_repeats_its_plan_and_each_plan_has_all_kinds()
    {
        var plans = Enumerable.Range(0, 200).Select(seed => Draw((ulong)seed)).ToList();

        Assert.Equivalent(plans[7], Draw(7), strict: true);
        Assert.True(plans.Select(plan => string.Join(' ', plan.Blows)).Distinct().Count() > 190);
        var kinds = plans.Select(plan => plan.All.Select(misfortune => misfortune.Sentence).ToHashSet()).ToList();
        Assert.All(kinds, drawn => Assert.Equal(kinds[0].Order(), drawn.Order()));
        Assert.All(plans, plan => Assert.Equal(Enum.GetValues<BlowKind>().Length, plan.Blows.Select(blow => blow.Kind).Distinct().Count()));
    }

    private static MisfortunePlan Draw(ulong seed) => MisfortunePlan.Draw(seed, ["C02SIM00001", "C02SIM00002"], ["anna1", "ben2"]);

    private static async Task RunAsync(SandboxOptions options)
    {
        var lines = new ConcurrentQueue<string>();

        var isWell = await new SandboxRun(options, lines.Enqueue).RunAsync(Cancel);

        Assert.True(isWell, string.Join('\n', lines));
        Assert.StartsWith($"{options.Macs} of {options.Macs} Macs enrolled in ", lines.Last(), StringComparison.Ordinal);
        Assert.Contains(lines, line => line.EndsWith("; 0 did not strike", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("none was found", StringComparison.Ordinal));
        Assert.True(lines.Count(line => line.StartsWith("Misfortune at ", StringComparison.Ordinal)) >= 40);
    }
}
