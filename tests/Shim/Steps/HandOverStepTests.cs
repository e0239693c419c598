extern alias shim;

using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;
using shim::Prestage.Shim.Running;
using shim::Prestage.Shim.Steps;
using Xunit;

namespace Prestage.Tests.Shim.Steps;

/// <summary>Step 10: the screen is handed over by the gentlest way that works.</summary>
public sealed class HandOverStepTests
{
    private static readonly MacFault Unheard = MacFaults.UserCanceled.Always();
    private static readonly MacFault NoReboot = MacFaults.Says("reboot-refused", "launchctl", "asuser 501", 1, errors: "Could not switch\n").Always();

    public static TheoryData<int> Rungs => [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Rungs))]
    public async Task Each_way_out_of_the_session_is_tried_after_the_gentler_one_failed(int failing)
    {
        await using var bench = await MacBench.StartAsync();
        MacFault[] faults = [Unheard, MacFaults.Phantom("launchctl", "reboot").Always(), MacFaults.BootOutPhantom.Always()];
        Array.ForEach(faults[..failing], bench.Mac.SetFault);
        using var steps = new StepBench(bench);

        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new HandOverStep(TimeSpan.FromSeconds(failing > 0 ? 1 : 20))));

        string[] ways = ["osascript -e", "launchctl reboot logout", "launchctl bootout gui/501", "pkill -9 -u 501 -x loginwindow"];
        Assert.All(ways.Index(), way => Assert.Equal(way.Index <= failing, bench.Mac.Journal.Calls.Any(call => call.Line.StartsWith(way.Item, StringComparison.Ordinal))));
        Assert.True(bench.Mac.State.Find("enroll")!.IsHidden);
        Assert.NotEqual("enroll", bench.Mac.State.Console?.ShortName);
    }

    [Fact]
    public async Task A_session_that_cannot_be_ended_is_tried_again_later()
    {
        await using var bench = await MacBench.StartAsync();
        Array.ForEach([NoReboot, MacFaults.BootOutFailed.Always(), MacFaults.Phantom("pkill").Always()], bench.Mac.SetFault);
        using var steps = new StepBench(bench);
        Assert.Equal("session-not-ended", Assert.IsType<StepOutcome.Stop>(await steps.RunAsync(new HandOverStep(TimeSpan.FromMilliseconds(200)))).Cause);
        bench.Mac.ClearFaults();
        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new HandOverStep()));
    }

    [Fact]
    public async Task The_enrollment_users_automatic_login_is_ended()
    {
        await using var bench = await MacBench.StartAsync();
        using var steps = new StepBench(bench);
        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new HandOverStep()));
        Assert.Null(bench.Mac.State.AutoLoginUser);
        Assert.False(File.Exists(bench.Mac.PathOf("/etc/kcpassword")));
        Assert.Empty(steps.Context.Journal.Current.Warnings);
    }

    [Theory]
    [InlineData("kiosk")]
    [InlineData(null)]
    public async Task Anybody_elses_automatic_login_is_left_alone(string? user)
    {
        await using var bench = await MacBench.StartAsync();
        bench.Mac.Change(state => state with { AutoLoginUser = user });
        using var steps = new StepBench(bench);
        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new HandOverStep()));
        Assert.Equal(user, bench.Mac.State.AutoLoginUser);
        Assert.True(File.Exists(bench.Mac.PathOf("/etc/kcpassword")));
        Assert.DoesNotContain(bench.Mac.Journal.Calls, call => call.Line.StartsWith("sysadminctl", StringComparison.Ordinal));
        Assert.Empty(steps.Context.Journal.Current.Warnings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_automatic_login_that_was_only_said_to_be_off_is_ended_another_way_or_named(bool lasting)
    {
        await using var bench = await MacBench.StartAsync();
        bench.Mac.SetFault(MacFaults.Phantom("sysadminctl", "-autologin").Always());
        if (lasting)
        {
            bench.Mac.SetFault(MacFaults.Phantom("defaults", "delete").Always());
        }

        using var steps = new StepBench(bench);
        Assert.IsType<StepOutcome.Done>(await steps.RunAsync(new HandOverStep()));
        Assert.Equal(lasting ? "enroll" : null, bench.Mac.State.AutoLoginUser);
        Assert.Equal(lasting ? ["auto-login-left"] : [], steps.Context.Journal.Current.Warnings);
        Assert.False(File.Exists(bench.Mac.PathOf("/etc/kcpassword")));
    }

    [Theory]
    [InlineData("_mbsetupuser", 248)]
    [InlineData("root", 0)]
    [InlineData("anna", 612)]
    public async Task No_session_but_the_persons_own_counts_as_their_login(string name, int uid)
    {
        await using var bench = await MacBench.StartAsync(mac => mac.Person = null);
        bench.Mac.Change(state => AccountRules.Add(state, new NewAccount("anna", "Anna Berg", PasswordDigest.Of(MacBench.Password), Admin: false)));
        bench.Mac.Change(state => state with
        {
            Console = new ConsoleSession(name, uid, 100009, LoginDone: true),
            Processes = [new MacProcess(900, uid, "Finder"), new MacProcess(901, uid, "Dock")],
        });
        using var steps = new StepBench(bench);
        Assert.IsType<StepOutcome.Retry>(await steps.RunAsync(new WaitForLoginStep(TimeSpan.Zero)));
        Assert.Null(steps.Context.Journal.Current.SecureToken);
    }
}
