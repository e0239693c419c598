using System.Security.Cryptography;
using Prestage.Simulators.Sandbox;
using Xunit;

namespace Prestage.Tests.Processes;

/// <summary>A world whose Macs came in by Automated Device Enrollment: JumpCloud refuses their signatures, the backend trusts their records.</summary>
public sealed class RecordWorldFixture : WorldFixture
{
    internal string DeviceKey { get; private set; } = string.Empty;

    /// <summary>Another key for all Macs; the present one stays valid beside it.</summary>
    internal async Task RotateAsync()
    {
        var previous = DeviceKey;
        await World.SetSecretsAsync([.. NewKey(), .. previous.Length == 0 ? [] : new[] { ("device-key-previous", previous) }]);
    }

    private protected override async Task<World> StartAsync()
    {
        var world = await World.StartAsync(_ => { }, CancellationToken.None, tenant => tenant["agentProvisioner"] = "mdm");
        await world.SetSecretsAsync(NewKey());
        await world.KillBackendAsync();
        await world.StartBackendAsync(CancellationToken.None, ("Device__Trust", "record"));
        return world;
    }

    private (string Name, string Value)[] NewKey()
    {
        DeviceKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        Canaries.Add("a device key", DeviceKey);
        return [("device-key", DeviceKey)];
    }
}

/// <summary>Whole enrollments in the weaker mode, through real processes.</summary>
public sealed class RecordModeProcessTests(RecordWorldFixture fixture) : IClassFixture<RecordWorldFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_Mac_whose_signatures_JumpCloud_refuses_is_enrolled_and_the_device_key_is_left_nowhere()
    {
        await using var watch = new ArgvWatch(fixture.Canaries);
        await EnrollAsync(fixture.DeviceKey);

        Assert.Empty(await watch.EndAsync());
        Assert.DoesNotContain((await fixture.World.JournalAsync(Cancel)).AsArray(), call => call!["auth"]?.ToString() == "signature");
    }

    [Fact]
    public async Task A_device_key_is_rotated_while_Macs_enroll_and_nothing_is_restarted()
    {
        var (pid, previous) = (fixture.World.HostPid, fixture.DeviceKey);
        await EnrollAsync(previous);
        await fixture.RotateAsync();

        await EnrollAsync(fixture.DeviceKey);
        await EnrollAsync(previous);

        Assert.Equal(pid, fixture.World.HostPid);
        Assert.DoesNotContain(fixture.World.BackendLines, line => line.Contains("The worker ended with", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_Mac_that_lost_its_token_asks_its_person_again_and_goes_on_in_the_same_enrollment()
    {
        var (person, userId, mac) = await fixture.NewMacAsync(Cancel, settings: settings => settings["deviceKey"] = fixture.DeviceKey);
        await using var enrolling = mac;
        mac.OnLine = line =>
        {
            if (line.Contains("] associate …", StringComparison.Ordinal))
            {
                mac.Shim?.Kill();
            }
        };
        Assert.NotEqual(0, await mac.RunOnceAsync(Cancel));
        File.Delete(Path.Combine(mac.Root, "Library/Application Support/Prestage/token"));

        mac.OnLine = null;
        Assert.Equal(0, await mac.RunOnceAsync(Cancel));

        Assert.Empty(await Outcome.CheckAsync(fixture.World, mac, person, userId, Cancel));
        Assert.Empty(await fixture.LeaksAsync(mac, Cancel));
        Assert.Contains(fixture.World.BackendLines, line => line.Contains("POST /api/token answered 403", StringComparison.Ordinal));
    }

    private async Task EnrollAsync(string deviceKey)
    {
        var (person, userId, mac) = await fixture.NewMacAsync(Cancel, settings: settings => settings["deviceKey"] = deviceKey);
        await using var enrolling = mac;

        Assert.Equal(0, await mac.RunOnceAsync(Cancel));

        Assert.Empty(await Outcome.CheckAsync(fixture.World, mac, person, userId, Cancel));
        Assert.Empty(await fixture.LeaksAsync(mac, Cancel));
    }
}
