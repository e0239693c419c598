using System.Net;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Finish;

public sealed class FinishTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_delivery_by_the_host_finishes_the_enrollment_and_is_answered_with_an_object(bool twice)
    {
        await using var backend = await Backend.StartAsync(hosted: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);

        using var answer = await backend.FinishAsync((await backend.TakeMessageAsync())!, 1, twice);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("{}", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("completed", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task A_message_that_comes_twice_or_with_another_number_changes_nothing()
    {
        await using var backend = await Backend.StartAsync(hosted: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        var message = (await backend.TakeMessageAsync())!;

        using var other = await backend.FinishAsync(message.Replace(":1}", ":2}", StringComparison.Ordinal), 1);
        Assert.Equal("finishing", (await mac.EnrollmentAsync()).Text("state"));
        using var first = await backend.FinishAsync(message, 1);
        backend.JumpCloud.Journal.Clear();
        using var again = await backend.FinishAsync(message, 2);

        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Empty(backend.JumpCloud.Journal.Requests);
    }

    [Fact]
    public async Task A_delivery_too_early_puts_a_later_message()
    {
        await using var backend = await Backend.StartAsync(hosted: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        (await mac.CompleteAsync()).IsOk(202);

        using var early = await backend.FinishAsync((await backend.TakeMessageAsync())!, 1);

        Assert.Equal(HttpStatusCode.OK, early.StatusCode);
        Assert.Equal("finishing", (await mac.EnrollmentAsync()).Text("state"));
        var later = await Wait.ForAsync(backend.TakeMessageAsync);

        backend.ShowManaged(mac, "anna");
        using var done = await backend.FinishAsync(later, 1);
        Assert.Equal("completed", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task A_swap_that_cannot_be_done_fails_with_its_cause_at_the_last_delivery_and_not_before()
    {
        await using var backend = await Backend.StartAsync(hosted: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Method = "POST", Path = "/api/v2/systemgroups/*/members", Status = 404 });
        (await mac.CompleteAsync()).IsOk(202);
        var message = (await backend.TakeMessageAsync())!;

        for (var delivery = 1; delivery <= 4; delivery++)
        {
            using var refused = await backend.FinishAsync(message, delivery);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("finishing", (await mac.EnrollmentAsync()).Text("state"));
        }

        using var last = await backend.FinishAsync(message, 5);
        Assert.Equal(HttpStatusCode.OK, last.StatusCode);
        Assert.Equal("failed", (await mac.EnrollmentAsync()).Text("state"));
        Assert.Contains(await backend.EventsAsync("Enrollments"), row => row.GetString("Code") == "failed" && row.GetString("Detail")!.Contains("systemgroups", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_forged_delivery_finds_no_route()
    {
        await using var backend = await Backend.StartAsync(hosted: true);

        using var forged = await backend.PostAsync("/Finish", new() { ["Data"] = new System.Text.Json.Nodes.JsonObject() }, fromOutside: true);

        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
    }

    [Fact]
    public async Task Without_a_host_above_there_are_no_trigger_routes()
    {
        await using var backend = await Backend.StartAsync();

        using var answer = await backend.ReconcileAsync();

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
