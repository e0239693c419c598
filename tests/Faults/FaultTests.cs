using Prestage.Simulators.Mac.Faults;
using Xunit;

namespace Prestage.Tests.Faults;

/// <summary>Lies of a command, and what the enrollment makes of them, in virtual time.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task Without_faults_a_Mac_is_enrolled_in_one_start()
    {
        var (wrong, starts, _) = await RunAsync(null, MacFaults.UserCanceled);
        Assert.Empty(wrong);
        Assert.Equal(1, starts);
    }

    [Fact]
    public async Task An_enrollment_user_whom_the_hand_over_did_not_see_is_logged_out_later()
    {
        var (wrong, starts, output) = await RunAsync("hand-over", MacFaults.ScutilNoSuchKey);
        Assert.Empty(wrong);
        Assert.Equal(1, starts);
        Assert.Contains("back to hand-over", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_enrollment_user_of_whom_the_directory_once_knows_nothing_is_removed_all_the_same()
    {
        var (wrong, _, output) = await RunAsync("remove-enrollment-user", MacFaults.RecordNotFound.For("/Users/enroll UniqueID"));
        Assert.Empty(wrong);
        Assert.DoesNotContain("enrollment-user-kept", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scutil")]
    [InlineData("dscl")]
    [InlineData("diskutil")]
    [InlineData("pgrep")]
    [InlineData("id")]
    [InlineData("sysadminctl")]
    public async Task One_answer_of_nonsense_keeps_no_enrollment_user(string tool)
    {
        var (wrong, _, output) = await RunAsync("remove-enrollment-user", MacFaults.Says("nonsense", tool, null, 0, "Killed: 9\n"));
        Assert.Empty(wrong);
        Assert.DoesNotContain("enrollment-user-kept", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_whose_installation_fails_is_not_fetched_again()
    {
        var fetched = await VirtualTime.RunAsync(async time =>
        {
            await using var world = new FaultWorld(time);
            var before = world.Network.PackagesSent;
            world.SetFault(MacFaults.InstallerFailed.Exactly(2));
            Assert.Empty(Verdict.OfPassing(world, await world.RunAsync(1, TimeSpan.FromHours(2))).Wrong);
            return world.Network.PackagesSent - before;
        });
        Assert.Equal(1, fetched);
    }

    [Theory]
    [InlineData("identify", "Who are you?")]
    [InlineData("set-password", "Choose your password")]
    public async Task A_window_that_ends_by_its_info_button_was_not_answered_and_comes_back(string atStep, string title)
    {
        var asked = await VirtualTime.RunAsync(async time =>
        {
            await using var world = new FaultWorld(time, Scenario.Windows);
            world.At = (step, before) =>
            {
                if (before && step == atStep)
                {
                    world.Mac.SetFault(MacFaults.DialogInfoButton.Exactly(5));
                }

                return Task.CompletedTask;
            };
            Assert.Empty(Verdict.OfPassing(world, await world.RunAsync(1, TimeSpan.FromHours(1))).Wrong);
            return (Ended: world.Mac.Journal.Calls.Count(call => call.Fault is not null), Shown: world.Mac.Dialogs.Shown.Count(window => ((string)window.Content["message"]!).Contains(title, StringComparison.Ordinal)));
        });
        Assert.Equal((5, 1), asked);
    }

    [Fact]
    public async Task An_enrollment_user_of_whom_the_directory_never_knows_again_is_told_to_IT()
    {
        var (_, _, output) = await RunAsync("remove-enrollment-user", MacFaults.RecordNotFound.For("/Users/enroll UniqueID").Always());
        Assert.Contains("enrollment-user-kept:record-unreadable", output, StringComparison.Ordinal);
    }

    private static Task<(IReadOnlyList<string> Wrong, int Starts, string Output)> RunAsync(string? atStep, MacFault fault) => VirtualTime.RunAsync(async time =>
    {
        await using var world = new FaultWorld(time);
        world.At = (step, before) =>
        {
            if (before && step == atStep)
            {
                atStep = null;
                world.Mac.SetFault(fault);
            }

            return Task.CompletedTask;
        };
        var verdict = Verdict.OfPassing(world, await world.RunAsync(3, TimeSpan.FromHours(2)));
        return (verdict.Wrong, world.Starts, world.Output.ToString());
    });
}
