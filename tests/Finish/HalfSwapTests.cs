using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Finish;

/// <summary>A finish that fails between the two groups.</summary>
public sealed class HalfSwapTests
{
    [Fact]
    public async Task A_finish_that_fails_after_the_final_group_leaves_no_Mac_in_it_untold()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(), byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        backend.JumpCloud.Faults.Add(new Fault
        {
            Kind = FaultKind.Status, Method = "POST", Path = $"/api/v2/systemgroups/{backend.EnrollmentGroup}/members", Status = 400, Times = 1,
        });
        Assert.True(await backend.FinishAsync((await backend.TakeMessageAsync())!, 5));
        Assert.Equal("failed", (await mac.EnrollmentAsync()).Text("state"));
        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();

        var events = await backend.EventsOfAsync(mac);
        var isTold = events.Any(line => line.Detail?.Contains("Groups__PostEnrollment", StringComparison.Ordinal) == true);
        Assert.True(isTold || !backend.GroupsOf(mac).Contains(Backend.PostEnrollmentGroupName), string.Join("; ", events));
    }
}
