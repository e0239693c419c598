using System.Collections.Concurrent;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Kills;

/// <summary>
/// SIGKILL at every call that a trigger's call makes to the outside, before it is done and before its answer arrives: below the local
/// Functions host, to the worker alone and to the whole instance. Nothing is lost, and nothing is done twice.
/// </summary>
public sealed class KilledTriggerTests
{
    private const int AtOnce = 4;
    private const string Months = "GET Enrollments()";

    // What the host itself asks of the queue; its worker has no part in it.
    private static readonly string[] OfTheHost = [Relay.Poll, "DELETE prestage-finish/messages/{id}", "PUT prestage-finish/messages/{id}"];

    [Theory]
    [InlineData(Finds.Everything, 14, 20)]
    [InlineData(Finds.NoAccountYet, 10, 20)]
    [InlineData(Finds.Refusal, 12, 16)]
    [InlineData(Finds.TimersWork, 30, 50)]
    public async Task A_worker_killed_at_any_call_to_the_outside_loses_nothing(Finds finds, int least, int most)
    {
        var calls = await KillScene.CallsAsync(await PublishedFolder.PathAsync(), finds);
        await KillAsync(finds, [.. calls.Where(call => !OfTheHost.Contains(call))], wholeHost: false, least, most);
    }

    // What the host does when it dies is the same whatever its worker had found: the test above kills at each call of the other rows.
    [Fact]
    public async Task A_whole_instance_killed_at_any_call_to_the_outside_loses_nothing() => await KillAsync(
        Finds.Everything, await KillScene.CallsAsync(await PublishedFolder.PathAsync(), Finds.Everything), wholeHost: true, 17, 24);

    private static async Task KillAsync(Finds finds, IReadOnlyList<string> calls, bool wholeHost, int least, int most)
    {
        var (points, folder) = (PointsOf(calls), await PublishedFolder.PathAsync());
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(points, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (point, _) =>
        {
            foreach (var fault in await KillScene.KillAsync(folder, finds, point, wholeHost))
            {
                wrong.Add($"killed {point}: {fault}");
            }
        });
        TestContext.Current.TestOutputHelper!.WriteLine($"{points.Count} kills: {string.Join(", ", points)}");
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal)));
        Assert.InRange(points.Count, least, most);
    }

    // Of the months that are looked through in a row, the first and the last.
    private static List<KillPoint> PointsOf(IReadOnlyList<string> calls)
    {
        List<KillPoint> points = [];
        for (var i = 0; i < calls.Count; i++)
        {
            if (i > 0 && calls[i] == Months && calls[i - 1] == Months && calls[i + 1] == Months)
            {
                continue;
            }

            var occurrence = calls.Take(i + 1).Count(call => call == calls[i]);

            // Asking for a message changes nothing.
            points.AddRange(calls[i] == Relay.Poll ? [new(calls[i], occurrence, true)] : [new(calls[i], occurrence, false), new(calls[i], occurrence, true)]);
        }

        return points;
    }
}
