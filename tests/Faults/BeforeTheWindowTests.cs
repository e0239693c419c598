extern alias shim;

using Prestage.Simulators.Mac.Dialogs;
using Prestage.Tests.Shim;
using shim::Prestage.Shim.Commands;
using Xunit;

namespace Prestage.Tests.Faults;

/// <summary>What the person is told while swiftDialog is not open yet: by plain dialogs of macOS, in virtual time.</summary>
public sealed class BeforeTheWindowTests
{
    private const string Unreachable = "The service that sets up this Mac cannot be reached.";
    private static readonly Scenario Default = new("default windows") { Ui = "swiftDialog" };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Without_a_network_the_person_is_told_after_a_minute_then_now_and_then_and_at_last_the_code(bool closes) => VirtualTime.RunAsync(async time =>
    {
        await using var world = new FaultWorld(time, Default);
        world.Mac.Options.Person!.ClosesNotices = closes;
        world.Network.Cut(TimeSpan.FromHours(1));
        List<int> hints = [];
        for (var minute = 1; minute <= 29; minute++)
        {
            Assert.Null(await world.RunAsync(1, TimeSpan.FromMinutes(minute) + TimeSpan.FromSeconds(5) - time.Elapsed));
            hints.AddRange(Enumerable.Repeat(minute, Told(world).Length - hints.Count));
        }

        Assert.Equal([1, 11, 21], hints);
        Assert.All(world.Mac.Dialogs.Shown, hint => Assert.Equal(0, hint.ExitCode));
        Assert.All(Told(world), said => Assert.StartsWith($"{Unreachable} Please check Wi-Fi", said, StringComparison.Ordinal));
        Assert.Equal(ExitCode.Unfinished, await world.RunAsync(1, TimeSpan.FromHours(1)));
        Assert.EndsWith("could not go on. If it does not continue by itself, tell IT the code ps-01.", Told(world)[^1], StringComparison.Ordinal);
        return true;
    });

    [Fact]
    public Task What_the_person_is_told_is_gone_once_the_service_answers() => VirtualTime.RunAsync(async time =>
    {
        await using var world = new FaultWorld(time, Default);
        world.Mac.Options.Person!.ClosesNotices = false;
        world.Network.Cut(TimeSpan.FromMinutes(2));
        await world.RunAsync(1, TimeSpan.FromSeconds(90));
        var hint = Assert.Single(world.Mac.Dialogs.Shown);
        Assert.Null(hint.ExitCode);
        await world.RunAsync(1, TimeSpan.FromMinutes(3));
        Assert.Equal(143, hint.ExitCode);
        return true;
    });

    [Fact]
    public Task Nobody_is_told_of_a_service_that_answers_within_a_minute() => VirtualTime.RunAsync(async time =>
    {
        await using var world = new FaultWorld(time, Default);
        world.Network.Cut(TimeSpan.FromSeconds(50));
        await world.RunAsync(1, TimeSpan.FromMinutes(5));
        Assert.DoesNotContain(Told(world), said => said.Contains(Unreachable, StringComparison.Ordinal));
        return true;
    });

    [Fact]
    public Task Whoever_comes_to_the_screen_later_is_told_then() => VirtualTime.RunAsync(async time =>
    {
        await using var world = new FaultWorld(time, Default);
        world.Network.Cut(TimeSpan.FromHours(1));
        world.LogOut();
        await world.RunAsync(1, TimeSpan.FromSeconds(110));
        Assert.Empty(Told(world));
        await world.RunAsync(1, TimeSpan.FromSeconds(20));
        Assert.StartsWith(Unreachable, Assert.Single(Told(world)), StringComparison.Ordinal);
        return true;
    });

    [Fact]
    public Task A_stop_while_swiftDialog_is_still_fetched_shows_its_code() => VirtualTime.RunAsync(async time =>
    {
        await using var world = new FaultWorld(time, Default with
        {
            Configure = settings =>
            {
                settings["dialogPackageUrl"] = $"{WorldNetwork.Tenant}/sim/slow.pkg";
                settings["dialogPackageSha256"] = new string('0', 64);
            },
        });
        Assert.Equal(ExitCode.Unfinished, await world.RunAsync(1, TimeSpan.FromHours(1)));
        Assert.EndsWith("the code ps-03.", Told(world)[^1], StringComparison.Ordinal);
        return true;
    });

    private static string[] Told(FaultWorld world) => [.. world.Mac.Dialogs.Shown.Select(Message)];

    private static string Message(ShownWindow window)
    {
        Assert.Equal("osascript", window.Program);
        return PlainText.Of((string)window.Content["message"]!);
    }
}
