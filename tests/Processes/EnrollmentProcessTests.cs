using System.Text.Json.Nodes;
using Prestage.Simulators.Sandbox;
using Xunit;

namespace Prestage.Tests.Processes;

/// <summary>The whole job through real processes: shim, commands, backend, storage, tenant, vault.</summary>
public sealed class EnrollmentProcessTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_person_enrolls_a_Mac_in_one_run_and_no_secret_is_left_anywhere()
    {
        var (person, userId, mac) = await fixture.NewMacAsync(Cancel);
        await using var enrolling = mac;
        await using var watch = new ArgvWatch(fixture.Canaries);
        var before = CallCosts.Sum(fixture.World.BackendLines);

        Assert.Equal(0, await mac.RunOnceAsync(Cancel));

        Assert.Empty(await Outcome.CheckAsync(fixture.World, mac, person, userId, Cancel));
        Assert.Empty(await watch.EndAsync());
        Assert.True(watch.Reads > 100 || !OperatingSystem.IsLinux(), $"{watch.Reads} looks at processes");
        Assert.Empty(await fixture.LeaksAsync(mac, Cancel));
        var after = CallCosts.Sum(fixture.World.BackendLines);

        // Finishing asks for the account until the agent has reported it, at most three times in a delivery.
        Assert.InRange(after.DirectoryCalls - before.DirectoryCalls, 16, 18);
        Assert.InRange(after.TableOperations - before.TableOperations, 18, 20);
    }

    [Theory]
    [InlineData("swiftDialog")]
    [InlineData("osascript")]
    public async Task A_Mac_is_enrolled_in_windows_and_what_the_person_types_is_nowhere_while_it_runs(string ui)
    {
        var windows = ui == "osascript" ? settings => settings["ui"] = ui : await EnrollingMac.WindowsAsync(fixture.World, Cancel);
        var (person, userId, mac) = await fixture.NewMacAsync(Cancel, settings: windows);
        await using var enrolling = mac;
        await using var watch = new ArgvWatch(fixture.Canaries);
        await using var disk = new DiskWatch(fixture.World.Directory, [person.Password, person.Word]);

        Assert.Equal(0, await mac.RunOnceAsync(Cancel));

        Assert.Empty(await Outcome.CheckAsync(fixture.World, mac, person, userId, Cancel));
        Assert.Empty(await watch.EndAsync());
        Assert.Empty(await disk.EndAsync());
        Assert.True(disk.Reads > 1000, $"{disk.Reads} looks at files");
        Assert.Empty(await fixture.LeaksAsync(mac, Cancel));
        var shown = File.ReadLines($"{mac.Root}.dialogs.jsonl").Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.True(shown.Length > 3, $"{shown.Length} windows");
        Assert.All(shown, window => Assert.Empty(window["faults"]!.AsArray()));
        Assert.All(shown, window => Assert.StartsWith(ui == "osascript" ? "osascript" : "dialog", (string)window["program"]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_with_a_password_is_bound_without_a_password_step_and_the_agent_makes_the_account()
    {
        var (person, userId, mac) = await fixture.NewMacAsync(Cancel, active: true);
        await using var enrolling = mac;

        Assert.Equal(0, await mac.RunOnceAsync(Cancel));

        Assert.Empty(await Outcome.CheckAsync(fixture.World, mac, person, userId, Cancel));
        Assert.DoesNotContain(mac.Lines, line => line.TrimEnd() == "Password:");
        Assert.Empty(await fixture.LeaksAsync(mac, Cancel));
    }

    [Fact]
    public async Task A_key_rotated_in_the_vault_costs_no_enrollment_and_no_restart()
    {
        // Whichever test runs first: the backend must hold the old key.
        var (_, _, earlier) = await fixture.NewMacAsync(Cancel);
        await using var before = earlier;
        Assert.Equal(0, await earlier.RunOnceAsync(Cancel));
        var (person, userId, mac) = await fixture.NewMacAsync(Cancel);
        await using var enrolling = mac;
        await fixture.World.RotateKeyAsync(Cancel);
        fixture.Canaries.Add("the new API key", fixture.World.ApiKey);

        Assert.Equal(0, await mac.RunOnceAsync(Cancel));

        Assert.Empty(await Outcome.CheckAsync(fixture.World, mac, person, userId, Cancel));
        Assert.Contains(fixture.World.BackendLines, line => line.Contains("a new one is used from now on", StringComparison.Ordinal));
        Assert.Empty(await fixture.LeaksAsync(mac, Cancel));
    }

    [Fact]
    public async Task An_enrolled_Mac_stays_as_it_is_when_the_shim_is_started_again()
    {
        var (person, userId, mac) = await fixture.NewMacAsync(Cancel);
        await using var enrolling = mac;
        Assert.Equal(0, await mac.RunOnceAsync(Cancel));
        var requests = await RequestsAsync();

        Assert.Equal(0, await mac.RunOnceAsync(Cancel));

        Assert.Equal(requests, await RequestsAsync());
        Assert.Empty(await Outcome.CheckAsync(fixture.World, mac, person, userId, Cancel));
    }

    // Without the backend's own looks at JumpCloud, which come at any time.
    private async Task<int> RequestsAsync() => (await fixture.World.JournalAsync(Cancel)).AsArray()
        .Select(request => request!["pathAndQuery"]!.ToString())
        .Count(path => !path.StartsWith("/api/systems?", StringComparison.Ordinal)
            && path != $"/api/v2/systemgroups/{fixture.World.EnrollmentGroup}" && path != $"/api/v2/systemgroups/{fixture.World.PostEnrollmentGroup}");
}
