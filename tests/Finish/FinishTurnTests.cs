using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Finish;

/// <summary>One message of an attempt is alive, whatever the Mac repeats and however often the queue delivers.</summary>
public sealed class FinishTurnTests
{
    [Fact]
    public async Task A_Mac_that_says_twenty_times_that_it_is_done_is_one_message()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ => (await mac.CompleteAsync()).IsOk(202)));
        for (var i = 0; i < 15; i++)
        {
            (await mac.CompleteAsync()).IsOk(202);
        }

        Assert.Single(await TakeAllAsync(backend));
    }

    [Fact]
    public async Task A_message_that_comes_too_early_and_is_delivered_many_times_has_one_successor()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        (await mac.CompleteAsync()).IsOk(202);
        var message = Assert.Single(await TakeAllAsync(backend));

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => DeliverAsync(backend, message, 1)));

        Assert.Single(await TakeLaterAsync(backend));
    }

    [Fact]
    public async Task A_successor_that_was_lost_with_the_process_is_put_again_by_the_redelivery_and_two_of_one_turn_have_one_successor()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        (await mac.CompleteAsync()).IsOk(202);
        var message = Assert.Single(await TakeAllAsync(backend));
        await DeliverAsync(backend, message, 1);
        var second = Assert.Single(await TakeLaterAsync(backend));

        await DeliverAsync(backend, message, 2);

        Assert.Equal(second, Assert.Single(await TakeLaterAsync(backend)));
        await DeliverAsync(backend, second, 1);
        await DeliverAsync(backend, second, 1);
        Assert.NotEqual(second, Assert.Single(await TakeLaterAsync(backend)));
    }

    [Fact]
    public async Task A_message_that_was_never_put_is_put_by_the_Mac_s_next_call_once()
    {
        await using var proxy = await StorageProxy.StartAsync(await AzuriteFixture.NewAccountAsync());
        await using var backend = await Backend.StartAsync(storage: proxy.ConnectionString, byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        await backend.TablesReadyAsync();
        proxy.Refuse = request => request.Path.Value!.Contains("prestage-finish", StringComparison.Ordinal) ? new(403, "AuthorizationFailure") : null;
        (await mac.CompleteAsync()).IsProblem(503, "unavailable");
        proxy.Refuse = _ => null;

        for (var i = 0; i < 5; i++)
        {
            (await mac.CompleteAsync()).IsOk(202);
        }

        var message = Assert.Single(await TakeAllAsync(backend));
        backend.ShowManaged(mac, "anna");
        await DeliverAsync(backend, message, 1);
        Assert.Equal("completed", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task Another_instance_that_is_told_again_puts_a_message_that_lives_in_place_of_the_first()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        (await mac.CompleteAsync()).IsOk(202);
        await backend.RestartAsync(byHand: true);
        for (var i = 0; i < 5; i++)
        {
            (await mac.CompleteAsync()).IsOk(202);
        }

        var messages = await TakeAllAsync(backend);
        Assert.Equal(2, messages.Count);
        foreach (var message in messages)
        {
            await DeliverAsync(backend, message, 1);
        }

        Assert.Single(await TakeLaterAsync(backend));
    }

    [Fact]
    public async Task A_finishing_that_waits_properly_is_not_taken_for_stalled_and_one_whose_message_is_lost_is()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        (await mac.CompleteAsync()).IsOk(202);
        var message = Assert.Single(await TakeAllAsync(backend));
        backend.Clock.Advance(TimeSpan.FromMinutes(9.5));
        await DeliverAsync(backend, message, 1);
        backend.Clock.Advance(TimeSpan.FromMinutes(5));

        await backend.ReconcileAsync();
        Assert.DoesNotContain(await backend.EventsAsync("Enrollments"), row => row.GetString("Code") == "finish-requeued");

        backend.Clock.Advance(TimeSpan.FromMinutes(7));
        await backend.ReconcileAsync();
        Assert.Single(await backend.EventsAsync("Enrollments"), row => row.GetString("Code") == "finish-requeued");
        Assert.Single(await TakeAllAsync(backend));
    }

    private static async Task DeliverAsync(Backend backend, string message, int delivery)
    {
        Assert.True(await backend.FinishAsync(message, delivery));
    }

    private static async Task<List<string>> TakeAllAsync(Backend backend)
    {
        List<string> taken = [];
        while (await backend.TakeMessageAsync() is { } message)
        {
            taken.Add(message);
        }

        return taken;
    }

    // A successor is due after a second at least; one more would be due at the same time.
    private static async Task<List<string>> TakeLaterAsync(Backend backend)
    {
        List<string> taken = [];
        for (var waited = 0; taken.Count == 0; waited++)
        {
            Assert.True(waited < 300, "No successor came within a minute.");
            await Task.Delay(200, TestContext.Current.CancellationToken);
            taken = await TakeAllAsync(backend);
        }

        await Task.Delay(500, TestContext.Current.CancellationToken);
        return [.. taken, .. await TakeAllAsync(backend)];
    }
}
