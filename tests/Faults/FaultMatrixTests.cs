extern alias shim;

using System.Collections.Concurrent;
using shim::Prestage.Shim.Commands;
using Xunit;

namespace Prestage.Tests.Faults;

/// <summary>
/// Every fault of every command that a step calls, once and for good. The Mac is enrolled in the end, or stops safely while it lasts: it can be used,
/// the person and IT know, and the next start goes on once the fault is gone.
/// </summary>
public sealed class FaultMatrixTests
{
    private const int MostStarts = 20;
    private const int LastingStarts = 3;
    private static readonly TimeSpan Longest = TimeSpan.FromHours(30);
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(35);

    [Fact]
    public async Task Whatever_a_command_does_the_Mac_is_enrolled_or_stops_safely_and_says_so()
    {
        var rows = await FaultRow.AllAsync();
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(rows, async (row, _) =>
        {
            foreach (var what in await JudgeAsync(row))
            {
                wrong.Add($"{row}: {what}");
            }
        });
        TestContext.Current.TestOutputHelper!.WriteLine(FaultRow.Describe(rows));
        Assert.True(rows.Count > 4500 && rows.DistinctBy(row => row.Step).Count() >= 14, FaultRow.Describe(rows));
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
    }

    private static async Task<IReadOnlyList<string>> JudgeAsync(FaultRow row)
    {
        try
        {
            return await VirtualTime.RunAsync(time => RunAsync(row, time));
        }
        catch (InvalidOperationException exception)
        {
            return [exception.Message];
        }
    }

    private static async Task<IReadOnlyList<string>> RunAsync(FaultRow row, VirtualTime time)
    {
        await using var world = new FaultWorld(time, row.Scenario);
        var (laid, struck) = (row.Step == FaultRow.Start, false);
        world.Mac.Faults.OnStruck = (fault, _) => struck |= fault.Name == row.Fault.Name;
        if (laid)
        {
            world.SetFault(row.Fault);
        }

        world.At = (step, before) =>
        {
            if (before && step == row.Step && !laid)
            {
                laid = true;
                world.SetFault(row.Fault);
            }

            return Task.CompletedTask;
        };
        List<string> wrong = [];
        ExitCode? code = null;
        if (row.Fault.Times is null)
        {
            code = await world.RunAsync(LastingStarts, Lasting);
            wrong.AddRange(Verdict.OfLasting(world, code).Wrong.Select(what => $"while it lasts, {what}"));
            world.SetFault(null);
            world.Return();
        }

        if (code != ExitCode.Done)
        {
            wrong.AddRange(Verdict.OfPassing(world, await world.RunAsync(MostStarts, Longest)).Wrong);
        }

        wrong.AddRange(FaultWords.Wrong(row, RunLog.Read(world.Output.ToString())));
        return struck ? wrong : ["it never struck"];
    }
}
