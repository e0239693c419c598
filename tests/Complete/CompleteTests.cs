using Prestage.Tests.Activate;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Complete;

public sealed class CompleteTests
{
    [Fact]
    public async Task A_finished_Mac_is_managed_and_in_its_final_group_only()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = await AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");

        Assert.Equal("finishing", (await mac.CompleteAsync()).IsOk(202).Text("state"));
        var end = (await mac.UntilAsync("completed")).IsOk();

        Assert.Equal("none", end.Text("next"));
        Assert.Empty(end.Json["warnings"]!.AsArray());
        Assert.Equal([Backend.PostEnrollmentGroupName], backend.GroupsOf(mac));
        Assert.Equal("completed", (await mac.CompleteAsync()).IsOk(202).Text("state"));
    }

    [Fact]
    public async Task It_needs_the_binding_first()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.Active(), People.Password);

        (await mac.CompleteAsync()).IsProblem(409, "wrong-state");
    }

    [Fact]
    public async Task The_groups_are_swapped_only_when_JumpCloud_shows_the_account_managed()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = await AssociatedAsync(backend);
        (await mac.CompleteAsync()).IsOk(202);
        await backend.UntilCalledAsync("GET", $"/api/systems/{mac.SystemId}", 3);
        Assert.Equal([Backend.EnrollmentGroupName], backend.GroupsOf(mac));
        Assert.Equal("wait", (await mac.EnrollmentAsync()).Text("next"));

        backend.ShowManaged(mac, "anna");

        await mac.UntilAsync("completed");
        Assert.Equal([Backend.PostEnrollmentGroupName], backend.GroupsOf(mac));
    }

    [Fact]
    public async Task An_account_that_never_shows_is_a_warning_after_the_deadline_and_never_silence()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = await AssociatedAsync(backend);
        (await mac.CompleteAsync()).IsOk(202);
        await backend.UntilCalledAsync("GET", $"/api/systems/{mac.SystemId}", 3);

        backend.Clock.Advance(TimeSpan.FromMinutes(31));

        var end = await mac.UntilAsync("completed");
        Assert.Equal("account-not-managed", end.Json["warnings"]![0]!.ToString());
        Assert.Equal([Backend.PostEnrollmentGroupName], backend.GroupsOf(mac));
    }

    [Fact]
    public async Task A_dynamic_group_that_drops_the_Mac_again_never_leaves_it_in_no_group()
    {
        await using var backend = await Backend.StartAsync(new() { ["Finish:Deadline"] = "00:00:02" });
        var group = backend.JumpCloud.Tenant.AddGroup(new("Dynamic", "DYNAMIC_AUTOMATED")).Id;
        await backend.RestartAsync(new() { ["Groups:PostEnrollment"] = group, ["Finish:Deadline"] = "00:00:02" });
        using var mac = await AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);

        await backend.UntilCalledAsync("GET", $"/api/v2/systems/{mac.SystemId}/memberof", 2);

        Assert.Contains(Backend.EnrollmentGroupName, backend.GroupsOf(mac));
        Assert.Equal("finishing", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Theory]
    [InlineData("{\"secureToken\":true,\"steps\":[]}", "accountCreated")]
    [InlineData("{\"accountCreated\":true,\"steps\":[]}", "secureToken")]
    [InlineData("{\"accountCreated\":true,\"secureToken\":true}", "steps")]
    [InlineData("{\"accountCreated\":true,\"secureToken\":true,\"steps\":[{\"name\":\"Bad Name\",\"seconds\":1}]}", "steps[0].name")]
    [InlineData("{\"accountCreated\":true,\"secureToken\":true,\"steps\":[{\"name\":\"agent\",\"seconds\":-1}]}", "steps[0].seconds")]
    [InlineData("{\"accountCreated\":true,\"secureToken\":true,\"steps\":[null]}", "steps[0]")]
    [InlineData("{\"accountCreated\":\"yes\",\"secureToken\":true,\"steps\":[]}", "accountCreated")]
    public async Task A_wrong_field_is_named_and_nothing_moves(string body, string field)
    {
        await using var backend = await Backend.StartAsync();
        using var mac = await AssociatedAsync(backend);

        var reply = await mac.SendAsync(HttpMethod.Post, "/api/complete", System.Text.Encoding.UTF8.GetBytes(body), $"Bearer {mac.Token}");

        Assert.Equal(field, reply.IsProblem(400, "invalid-request").Text("field"));
        Assert.Equal("associated", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task A_whole_enrollment_stays_within_its_calls_and_operations()
    {
        await using var backend = await Backend.StartAsync();
        backend.JumpCloud.Journal.Clear();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        (await mac.ActivateAsync(People.Password)).IsOk();
        (await mac.AssociateAsync()).IsOk();
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        await mac.UntilAsync("completed");

        // The last lines are written when the answers have been sent.
        for (var waited = 0; waited < 200 && backend.Costs().DirectoryCalls < backend.JumpCloud.Journal.Requests.Count; waited++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        var (tableOperations, directoryCalls) = backend.Costs();
        TestContext.Current.TestOutputHelper!.WriteLine($"{directoryCalls} JumpCloud calls, {tableOperations} table operations");
        Assert.Equal(backend.JumpCloud.Journal.Requests.Count, directoryCalls);
        Assert.Equal((16, 18), (directoryCalls, tableOperations));
    }

    internal static async Task<WireMac> AssociatedAsync(Backend backend, string name = "anna")
    {
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New(name));
        (await mac.ActivateAsync(People.Password)).IsOk();
        (await mac.AssociateAsync()).IsOk();
        return mac;
    }
}
