extern alias shim;

using System.Collections.Concurrent;
using shim::Prestage.Shim.Steps;
using Xunit;

namespace Prestage.Tests.Faults;

/// <summary>What can come between, before and after each step; every run ends with one enrolled Mac.</summary>
public sealed class InterruptionMatrixTests
{
    private const int MostStarts = 6;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(14);

    private static readonly Scenario[] Scenarios = [Scenario.Usual, Scenario.Windows];

    private static readonly (string Name, Func<FaultWorld, bool, Task> Strike)[] Interruptions =
    [
        ("kill -9", (world, _) => Ends(world.Kill)),
        ("reboot", (world, _) => Ends(world.Reboot)),
        ("network gone for 10 minutes", (world, _) => Passes(() => world.Network.Cut(TimeSpan.FromMinutes(10)))),
        ("clock off by an hour", (world, before) => Passes(() => world.Mac.Change(state => state with { ClockOffset = TimeSpan.FromHours(before ? 1 : -1) }))),
        ("sleep", (world, _) => Passes(() =>
        {
            world.Time.Sleep(TimeSpan.FromHours(8));
            world.Network.Cut(TimeSpan.FromSeconds(3));
            world.Service.Token = null;
        })),
        ("log-out", (world, _) => Passes(world.LogOut)),
    ];

    [Fact]
    public async Task Whatever_comes_between_before_or_after_any_step_the_Mac_is_enrolled_in_the_end()
    {
        var rows = (from scenario in Scenarios from kind in Interruptions from step in AllSteps.InOrder from before in new[] { true, false } select (scenario, kind.Name, kind.Strike, Step: step.Name, Before: before)).ToList();
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = 12 }, async (row, _) =>
        {
            foreach (var fault in await RunAsync(row.scenario, row.Strike, row.Step, row.Before))
            {
                wrong.Add($"{row.Name} {(row.Before ? "before" : "after")} {row.Step} ({row.scenario.Name}): {fault}");
            }
        });
        TestContext.Current.TestOutputHelper!.WriteLine($"{rows.Count} interruptions: {Interruptions.Length} kinds, before and after {AllSteps.InOrder.Count} steps, {Scenarios.Length} scenarios");
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
    }

    private static Task<IReadOnlyList<string>> RunAsync(Scenario scenario, Func<FaultWorld, bool, Task> strike, string step, bool before) => VirtualTime.RunAsync<IReadOnlyList<string>>(async time =>
    {
        await using var world = new FaultWorld(time, scenario);
        var struck = false;
        world.At = (name, begins) =>
        {
            if (struck || name != step || begins != before)
            {
                return Task.CompletedTask;
            }

            struck = true;
            return strike(world, before);
        };
        var verdict = Verdict.OfPassing(world, await world.RunAsync(MostStarts, Longest));
        return struck ? verdict.Wrong : ["it was never struck"];
    });

    // The shim is gone: what it waits for never comes.
    private static Task Ends(Action strike)
    {
        strike();
        return new TaskCompletionSource().Task;
    }

    private static Task Passes(Action strike)
    {
        strike();
        return Task.CompletedTask;
    }
}
