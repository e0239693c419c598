using System.Net;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Finish;

public sealed class FinishTests
{
    [Fact]
    public async Task A_delivery_finishes_the_enrollment()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);

        var answer = await backend.FinishAsync((await backend.TakeMessageAsync())!, 1);

        Assert.True(answer);
        Assert.Equal("completed", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task A_message_that_comes_twice_or_with_another_number_changes_nothing()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        var message = (await backend.TakeMessageAsync())!;

        var other = await backend.FinishAsync(message.Replace(":1}", ":2}", StringComparison.Ordinal), 1);
        Assert.Equal("finishing", (await mac.EnrollmentAsync()).Text("state"));
        var first = await backend.FinishAsync(message, 1);
        backend.JumpCloud.Journal.Clear();
        var again = await backend.FinishAsync(message, 2);

        Assert.True(other);
        Assert.True(again);
        Assert.Empty(backend.JumpCloud.Journal.Requests);
    }

    [Fact]
    public async Task A_delivery_too_early_puts_a_later_message()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        (await mac.CompleteAsync()).IsOk(202);

        var early = await backend.FinishAsync((await backend.TakeMessageAsync())!, 1);

        Assert.True(early);
        Assert.Equal("finishing", (await mac.EnrollmentAsync()).Text("state"));
        var later = await Wait.ForAsync(backend.TakeMessageAsync);

        backend.ShowManaged(mac, "anna");
        var done = await backend.FinishAsync(later, 1);
        Assert.Equal("completed", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task A_swap_that_cannot_be_done_fails_with_its_cause_at_the_last_delivery_and_not_before()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Method = "POST", Path = "/api/v2/systemgroups/*/members", Status = 404 });
        (await mac.CompleteAsync()).IsOk(202);
        var message = (await backend.TakeMessageAsync())!;

        for (var delivery = 1; delivery <= 4; delivery++)
        {
            var refused = await backend.FinishAsync(message, delivery);
            Assert.False(refused);
            Assert.Equal("finishing", (await mac.EnrollmentAsync()).Text("state"));
        }

        var last = await backend.FinishAsync(message, 5);
        Assert.True(last);
        Assert.Equal("failed", (await mac.EnrollmentAsync()).Text("state"));
        Assert.Contains(await backend.EventsAsync("Enrollments"), row => row.GetString("Code") == "failed" && row.GetString("Detail")!.Contains("systemgroups", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/Finish")]
    [InlineData("/api/Finish")]
    [InlineData("/PoisonMessage")]
    [InlineData("/Reconcile")]
    public async Task No_address_reaches_a_function_that_the_platform_calls(string path)
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var http = new HttpClient();

        using var forged = await http.PostAsync(new Uri(backend.Url, path), new StringContent("{}"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
    }
}
