using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Reconcile;

public sealed class EventPurgeTests
{
    [Fact]
    public async Task Events_that_have_no_enrollment_are_deleted_after_400_days_and_not_before()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Identity:Proof", "passcode")), byHand: true);
        var portal = new PortalClient(backend);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        (await portal.PostAsync($"devices/{mac.SystemId}/release")).IsOk();
        (await portal.PostAsync("attempts/release", new { identifier = anna.Email })).IsOk();
        await portal.PasscodeAsync(new { userId = anna.Id });
        backend.Clock.Advance(TimeSpan.FromDays(399));
        await RunAsync(backend);
        Assert.Equal(3, (await backend.EventsAsync("Devices")).Count);
        (await portal.PostAsync("attempts/release", new { systemId = mac.SystemId })).IsOk();

        backend.Clock.Advance(TimeSpan.FromDays(2));
        await RunAsync(backend);

        Assert.Equal("attempts-released", Assert.Single(await backend.EventsAsync("Devices")).GetString("Code"));
        Assert.True((bool)(await portal.GetAsync($"devices/{mac.SystemId}")).IsOk().Json["released"]!);
    }

    [Fact]
    public async Task They_are_looked_for_once_a_day_and_never_where_the_setting_says_so()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Enrollment:KeepFor", "1.00:00:00")), byHand: true);
        using var mac = new WireMac(backend);
        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();
        await RunAsync(backend);
        backend.Clock.Advance(TimeSpan.FromHours(23));
        backend.Clock.SetWallClock(TimeSpan.FromHours(2));
        await RunAsync(backend);
        Assert.Single(await backend.EventsAsync("Devices"));

        await backend.RestartAsync(PortalClient.WithKey(("Enrollment:KeepFor", "00:00:00")), byHand: true);
        await RunAsync(backend);
        Assert.Single(await backend.EventsAsync("Devices"));

        await backend.RestartAsync(PortalClient.WithKey(("Enrollment:KeepFor", "1.00:00:00")), byHand: true);
        await RunAsync(backend);
        Assert.Empty(await backend.EventsAsync("Devices"));
    }

    private static async Task RunAsync(Backend backend)
    {
        Assert.True(await backend.ReconcileAsync());
    }
}
