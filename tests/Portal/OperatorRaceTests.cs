using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Portal;

/// <summary>A backend whose calls to storage and directory can be stopped at any write.</summary>
public sealed class RaceWorld : IAsyncLifetime
{
    private StorageProxy? proxy;

    internal Backend Backend { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        proxy = await StorageProxy.StartAsync(await AzuriteFixture.NewAccountAsync());
        var settings = PortalClient.WithKey(("Identity:Proof", "passcode"), ("Attempts:Max", "100"));
        Backend = await Backend.StartAsync(settings, storage: proxy.ConnectionString, byHand: true);
        settings["JumpCloud:BaseUrl"] = (await proxy.StandBeforeAsync(Backend.JumpCloud.BaseUrl)).ToString();
        await Backend.RestartAsync(settings, byHand: true);
        await Backend.TablesReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Backend.DisposeAsync();
        await proxy!.DisposeAsync();
    }

    /// <summary>
    /// Runs the second action, whole, when the first one is about to make its write of that number, or its call, reads included. How many of
    /// these the first one makes.
    /// </summary>
    internal async Task<int> MeetAsync(int number, bool atReads, Func<Task> first, Func<Task> second)
    {
        var (calls, isMeeting) = (0, false);
        Task met = Task.CompletedTask;
        proxy!.Before = async request =>
        {
            if ((atReads || IsWrite(request)) && !Volatile.Read(ref isMeeting) && Interlocked.Increment(ref calls) == number)
            {
                Volatile.Write(ref isMeeting, true);
                await (met = second());
                Volatile.Write(ref isMeeting, false);
            }
        };
        try
        {
            await first();
        }
        finally
        {
            proxy.Before = _ => Task.CompletedTask;
        }

        await met;
        return calls;
    }

    private static bool IsWrite(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !request.Path.StartsWithSegments("/api/search");
}

/// <summary>Operator against operator, Mac, queue and timer: each is stopped before each of its writes while the other one runs.</summary>
public sealed class OperatorRaceTests(RaceWorld world) : IClassFixture<RaceWorld>
{
    private static readonly RacingAction[] Operators =
        [RacingAction.Release, RacingAction.Retry, RacingAction.Cancel, RacingAction.ReleaseAttempts, RacingAction.CreatePasscode];

    public static IEnumerable<TheoryDataRow<RacingAction, RacingAction>> Pairs =>
        from first in Enum.GetValues<RacingAction>()
        from second in Enum.GetValues<RacingAction>()
        where Operators.Contains(first) || Operators.Contains(second)
        select new TheoryDataRow<RacingAction, RacingAction>(first, second);

    [Theory]
    [MemberData(nameof(Pairs))]
    [SuppressMessage("Usage", "xUnit1042", Justification = "The rows are typed.")]
    public async Task Two_at_once_leave_one_consistent_end_an_event_of_each_that_acted_and_an_honest_answer_to_each_other(
        RacingAction first, RacingAction second)
    {
        List<string> answers = [];
        var atReads = false;
        for (var (number, calls) = (1, 1); number <= calls; number++)
        {
            using var scene = await RaceScene.CreateAsync(world.Backend, first, second);
            var have = new string?[2];
            calls = await world.MeetAsync(
                number, atReads, async () => have[0] = await scene.ActAsync(first), async () => have[1] = await scene.ActAsync(second));
            await scene.CheckAsync();
            if (have[1] is not null)
            {
                answers.Add($"{have[0]}/{have[1]}");
            }
            else if (calls == 0 && !atReads)
            {
                // It is refused here for what it reads, and writes nothing.
                (atReads, number, calls) = (true, 0, 1);
            }
        }

        Assert.NotEmpty(answers);
        var where = atReads ? "calls" : "writes";
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{first} stopped at each of {answers.Count} {where} while {second} ran: {string.Join(' ', answers)}");
    }

    [Fact]
    public async Task A_released_Mac_has_no_enrollment_that_a_retry_beside_the_release_continues()
    {
        using var scene = await RaceScene.CreateAsync(world.Backend, RacingAction.Release, RacingAction.Retry);
        var retried = string.Empty;

        // Between the two writes of the release.
        Assert.InRange(await world.MeetAsync(
            2, false, () => scene.ActAsync(RacingAction.Release), async () => retried = await scene.ActAsync(RacingAction.Retry)), 2, 9);

        Assert.Equal("409", retried);
        await scene.CheckAsync();
    }

    [Fact]
    public async Task A_retry_beside_a_report_of_the_Mac_is_taken()
    {
        using var scene = await RaceScene.CreateAsync(world.Backend, RacingAction.Retry, RacingAction.Report);
        var retried = string.Empty;

        Assert.InRange(await world.MeetAsync(
            1, false, async () => retried = await scene.ActAsync(RacingAction.Retry), () => scene.ActAsync(RacingAction.Report)), 1, 9);

        Assert.Equal("202", retried);
        await scene.CheckAsync();
    }

    [Fact]
    public async Task A_poison_message_of_before_does_not_fail_what_an_operator_was_told_is_retried()
    {
        using var scene = await RaceScene.CreateAsync(world.Backend, RacingAction.Retry, RacingAction.PoisonMessage);
        Assert.Equal("202", await scene.ActAsync(RacingAction.Retry));

        await scene.ActAsync(RacingAction.PoisonMessage);

        Assert.Equal("finishing", await scene.StateAsync());
        await scene.CheckAsync();
    }
}
