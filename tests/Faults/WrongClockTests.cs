extern alias shim;

using Prestage.Simulators.Mac.Faults;
using Prestage.Tests.Shim;
using shim::Prestage.Shim.Commands;
using Xunit;

namespace Prestage.Tests.Faults;

/// <summary>A Mac whose clock is wrong at the start, in virtual time.</summary>
public sealed class WrongClockTests
{
    private static readonly TimeSpan Years = TimeSpan.FromDays(7300);

    [Theory]
    [InlineData(-7300 * 24)]
    [InlineData(7300 * 24)]
    [InlineData(-1)]
    [InlineData(1)]
    public Task A_clock_that_is_far_off_is_set_once_and_the_Mac_is_enrolled_without_a_word(int hours) => RunAsync(TimeSpan.FromHours(hours), async world =>
    {
        Assert.Empty(Verdict.OfPassing(world, await world.RunAsync(1, TimeSpan.FromMinutes(5))).Wrong);
        Assert.Equal("sntp -sS time.apple.com", Assert.Single(Settings(world)));
        Assert.Equal(TimeSpan.Zero, world.Mac.State.ClockOffset);
        Assert.Contains("The clock was set by Apple's time servers", world.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains(", clock 0 s behind the service", world.Output.ToString(), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_clock_that_is_little_off_is_left_alone() => RunAsync(TimeSpan.FromMinutes(-4), async world =>
    {
        Assert.Equal(ExitCode.Done, await world.RunAsync(1, TimeSpan.FromMinutes(5)));
        Assert.Empty(Settings(world));
        Assert.Contains(", clock 240 s behind the service", world.Output.ToString(), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_clock_that_cannot_be_set_is_reckoned_with() => RunAsync(TimeSpan.FromHours(-1), async world =>
    {
        world.SetFault(MacFaults.SntpTimeout.Always());
        Assert.Equal(ExitCode.Done, await world.RunAsync(1, TimeSpan.FromMinutes(5)));
        Assert.Single(Settings(world));
    });

    [Fact]
    public Task A_time_server_that_answers_later_is_asked_again_every_minute() => RunAsync(-Years, async world =>
    {
        world.SetFault(MacFaults.SntpTimeout.Exactly(3));
        Assert.Empty(Verdict.OfPassing(world, await world.RunAsync(1, TimeSpan.FromMinutes(10))).Wrong);
        Assert.Equal(4, Settings(world).Length);
    });

    [Fact]
    public Task A_clock_that_lets_no_certificate_be_valid_and_cannot_be_set_is_named_to_the_person() => RunAsync(-Years, async world =>
    {
        world.SetFault(MacFaults.SntpTimeout.Always());
        Assert.Equal(ExitCode.Unfinished, await world.RunAsync(1, TimeSpan.FromHours(1)));
        var told = world.Mac.Dialogs.Shown.Select(window => PlainText.Of((string)window.Content["message"]!)).ToArray();
        Assert.Matches("^This Mac does not trust the service that sets it up. Please check date and time \\(this Mac says 2006-1[12]-[0-9]{2} ", told[0]);
        Assert.EndsWith("the code ps-01.", told[^1], StringComparison.Ordinal);
    });

    [Theory]
    [InlineData(-365)]
    [InlineData(-7000)]
    public Task A_time_server_that_says_a_time_before_this_program_was_built_is_not_believed(int days) => RunAsync(-Years, async world =>
    {
        world.Mac.Options.TimeServerAhead = TimeSpan.FromDays(days);
        Assert.Equal(ExitCode.Unfinished, await world.RunAsync(1, TimeSpan.FromHours(1)));
        Assert.InRange(world.Mac.State.ClockOffset, -Years - TimeSpan.FromSeconds(2), -Years + TimeSpan.FromSeconds(2));
        Assert.Single(Settings(world));
        Assert.Contains("clock-refused: The time server said ", world.Output.ToString(), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_time_server_that_leads_away_from_what_the_service_says_is_not_believed() => RunAsync(TimeSpan.FromHours(1), async world =>
    {
        world.Mac.Options.TimeServerAhead = TimeSpan.FromDays(30);
        Assert.Equal(ExitCode.Done, await world.RunAsync(1, TimeSpan.FromMinutes(5)));
        Assert.InRange(world.Mac.State.ClockOffset, TimeSpan.FromHours(1) - TimeSpan.FromSeconds(2), TimeSpan.FromHours(1) + TimeSpan.FromSeconds(2));
        Assert.Contains(world.Service.Reports, report => report.Code == "clock-refused");
    });

    [Fact]
    public Task A_certificate_of_nobody_moves_no_clock_though_its_dates_are_wrong_too() => RunAsync(-Years, async world =>
    {
        world.Network.IsHostile = true;
        Assert.Equal(ExitCode.Unfinished, await world.RunAsync(1, TimeSpan.FromHours(1)));
        Assert.Empty(Settings(world));
        Assert.Equal(-Years, world.Mac.State.ClockOffset);
    });

    [Fact]
    public Task A_certificate_that_has_expired_by_a_clock_that_can_be_right_moves_no_clock() => RunAsync(TimeSpan.FromDays(400), async world =>
    {
        Assert.Equal(ExitCode.Unfinished, await world.RunAsync(1, TimeSpan.FromHours(1)));
        Assert.Empty(Settings(world));
    });

    [Fact]
    public Task A_clock_that_was_set_and_does_not_help_is_set_twice_at_most() => RunAsync(-Years, async world =>
    {
        world.Mac.Options.TimeServerAhead = TimeSpan.FromDays(365);
        Assert.Equal(ExitCode.Unfinished, await world.RunAsync(1, TimeSpan.FromHours(1)));
        Assert.InRange(Settings(world).Length, 1, 2);
    });

    private static string[] Settings(FaultWorld world) => [.. world.Mac.Journal.Calls.Where(call => call.Command == "sntp").Select(call => call.Line)];

    private static Task RunAsync(TimeSpan ahead, Func<FaultWorld, Task> test) => VirtualTime.RunAsync(async time =>
    {
        await using var world = new FaultWorld(time, Scenario.Windows with { ClockAhead = ahead });
        await test(world);
        return true;
    });
}
