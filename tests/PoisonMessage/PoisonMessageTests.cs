using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.PoisonMessage;

public sealed class PoisonMessageTests
{
    [Fact]
    public async Task A_message_that_was_given_up_fails_its_enrollment_once_and_an_operator_s_retry_completes_it()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        var portal = new PortalClient(backend);
        using var mac = await FinishingAsync(backend);
        var (id, message) = (mac.Token!.Split('.')[0], (await backend.TakeMessageAsync())!);

        var first = await backend.PoisonAsync(message);
        var again = await backend.PoisonAsync(message);

        Assert.Equal((true, true), (first, again));
        var failed = (await portal.GetAsync($"enrollments/{id}")).IsOk();
        Assert.Equal(("failed", "intact"), (failed.Text("state"), failed.Text("chain")));
        Assert.Contains("failed 5 times", failed.Text("cause"), StringComparison.Ordinal);
        var told = Assert.Single(failed.Json["events"]!.AsArray(), line => line!["code"]!.ToString() == "poison-message")!;
        Assert.Equal(("error", "backend"), (told["level"]!.ToString(), told["actor"]!.ToString()));
        Assert.Single(Lines(backend, id, "Failed"));
        Assert.Single(Lines(backend, id, "MovedOn"));
        Assert.Equal("failed", (await mac.EnrollmentAsync()).Text("state"));

        (await portal.PostAsync($"enrollments/{id}/retry")).IsOk(202);
        var done = await backend.FinishAsync((await backend.TakeMessageAsync())!, 1);

        Assert.Equal("completed", (await mac.EnrollmentAsync()).Text("state"));
        Assert.Equal([Backend.PostEnrollmentGroupName], backend.GroupsOf(mac));
    }

    [Fact]
    public async Task A_message_of_an_earlier_attempt_changes_nothing()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await FinishingAsync(backend);
        var message = (await backend.TakeMessageAsync())!;
        backend.Clock.Advance(TimeSpan.FromMinutes(11));
        var requeued = await backend.ReconcileAsync();

        var late = await backend.PoisonAsync(message);

        Assert.Equal("finishing", (await mac.EnrollmentAsync()).Text("state"));
        Assert.Single(Lines(backend, mac.Token!.Split('.')[0], "MovedOn"));
        var done = await backend.FinishAsync((await backend.TakeMessageAsync())!, 1);
        Assert.Equal("completed", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task Tables_that_are_away_at_the_last_delivery_cost_no_enrollment()
    {
        await using var proxy = await StorageProxy.StartAsync(await AzuriteFixture.NewAccountAsync());
        await using var backend = await Backend.StartAsync(byHand: true, storage: proxy.ConnectionString);
        using var mac = await FinishingAsync(backend);
        var message = (await backend.TakeMessageAsync())!;
        proxy.Refuse = call => call.Path.Value!.Contains("/Enrollments", StringComparison.Ordinal) ? new(503, "ServerBusy") : null;

        var last = await backend.FinishAsync(message, 5);

        Assert.True(last);
        Assert.Equal(1, (await backend.Queue.GetPropertiesAsync(TestContext.Current.CancellationToken)).Value.ApproximateMessagesCount);
        proxy.RefuseAll(null);
        var done = await backend.FinishAsync(message, 1);
        Assert.Equal("completed", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Theory]
    [InlineData("no JSON", "unknown", "Unreadable")]
    [InlineData("null", "unknown", "Unreadable")]
    [InlineData("{\"enrollmentId\":\"x\",\"attempt\":1}", "unknown", "Unreadable")]
    [InlineData("{\"enrollmentId\":\"202601-0000000000000000-aaaaaaaaaaaaaaaa\",\"attempt\":1}", "202601-0000000000000000-aaaaaaaaaaaaaaaa", "NoEnrollment")]
    public async Task A_message_of_nobody_s_is_acknowledged_and_told_without_its_text(string text, string id, string outcome)
    {
        await using var backend = await Backend.StartAsync(byHand: true);

        var answer = await backend.PoisonAsync(text);

        Assert.True(answer);
        Assert.Single(Lines(backend, id, outcome));
        Assert.DoesNotContain(backend.Log.Lines, line => line.Contains("no JSON", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_poison_queue_is_read()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = await CompleteTests.AssociatedAsync(backend);
        (await mac.CompleteAsync()).IsOk(202);
        await backend.UntilCalledAsync("GET", $"/api/systems/{mac.SystemId}", 3);
        var id = mac.Token!.Split('.')[0];

        await backend.PoisonQueue.SendMessageAsync($"{{\"enrollmentId\":\"{id}\",\"attempt\":1}}", TestContext.Current.CancellationToken);

        await mac.UntilAsync("failed");
        await Wait.UntilAsync(
            async () => (await backend.PoisonQueue.GetPropertiesAsync(TestContext.Current.CancellationToken)).Value.ApproximateMessagesCount == 0);

        Assert.Single(Lines(backend, id, "Failed"));
    }

    private static IEnumerable<string> Lines(Backend backend, string id, string outcome) =>
        backend.Log.Lines.Where(line => line.Contains($"a message for enrollment {id} was given up after its last delivery: {outcome}", StringComparison.Ordinal));

    private static async Task<WireMac> FinishingAsync(Backend backend)
    {
        var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        return mac;
    }
}
