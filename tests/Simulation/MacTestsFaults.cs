using Prestage.Simulators.Mac;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Commands;
using Prestage.Simulators.Mac.Faults;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Simulation;

/// <summary>Commands that fail on demand.</summary>
public sealed class MacTestsFaults
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Instead => [.. MacFaults.All.Where(fault => fault.Mode == FaultMode.Instead).Select(fault => fault.Name)];

    [Fact]
    public void Every_fault_has_a_name_of_its_own_and_a_command_that_exists()
    {
        Assert.Equal(MacFaults.All.Count, MacFaults.All.Select(fault => fault.Name).Distinct().Count());
        Assert.True(MacFaults.All.Count > 40);
        Assert.All(MacFaults.All, fault => Assert.Contains(fault.Command, CommandTable.AllPaths.Select(Path.GetFileName)));
    }

    [Theory]
    [MemberData(nameof(Instead))]
    public async Task A_fault_answers_once_with_its_text_and_does_nothing(string name)
    {
        var fault = new FaultOrder(name).ToFault();
        await using var mac = await SimulatedMac.StartAsync(new() { DialogVersion = "3.0.1", Faults = [new FaultOrder(name)] }, Cancel);
        var before = mac.State;
        var path = CommandTable.AllPaths.Single(known => Path.GetFileName(known) == fault.Command);
        var ran = await mac.RunAsync(path, [.. fault.Argument is { } argument ? [argument] : Array.Empty<string>(), "enroll"]);
        Assert.Equal(fault.ExitCode, ran.ExitCode);
        Assert.Equal(fault.Output.Length > 0, ran.Output.Length > 0);
        Assert.Equal(fault.Errors.Length > 0, ran.Errors.Length > 0);
        Assert.DoesNotContain("{", ran.Errors, StringComparison.Ordinal);
        Assert.Same(before, mac.State);
        Assert.Equal(name, Assert.Single(mac.Journal.Calls).Fault);
        Assert.Null(mac.Faults.Take(fault.Command, [fault.Argument ?? string.Empty]));
    }

    [Fact]
    public async Task A_phantom_says_success_and_does_nothing()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        mac.SetFault(MacFaults.AddUserPhantom);
        var phantom = await mac.AddUserAsync("anna", "Blue.Kite-77");
        Assert.Contains("Assigning UID: 502 GID: 20", phantom.Errors, StringComparison.Ordinal);
        Assert.Null(mac.State.Find("anna"));
        Assert.False(Directory.Exists(mac.PathOf("/Users/anna")));
        await mac.AddUserAsync("anna", "Blue.Kite-77");
        mac.SetFault(MacFaults.TokenOnDoneButDisabled);
        var done = await mac.FeedAsync(
            "/usr/sbin/sysadminctl", "enroll-Us3r\nBlue.Kite-77\n", "-secureTokenOn", "anna", "-password", "-", "-adminUser", "enroll", "-adminPassword", "-");
        Assert.EndsWith("- Done!\n", done.Errors, StringComparison.Ordinal);
        Assert.Contains("is DISABLED for user Anna Berg", (await mac.RunAsync("/usr/sbin/sysadminctl", "-secureTokenStatus", "anna")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_can_come_without_its_home_and_a_job_be_loaded_with_an_error()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        mac.SetFault(MacFaults.AddUserWithoutHome);
        await mac.AddUserAsync("anna", "Blue.Kite-77");
        Assert.NotNull(mac.State.Find("anna"));
        Assert.False(Directory.Exists(mac.PathOf("/Users/anna")));
        var plist = mac.PathOf("/Library/LaunchDaemons/a.plist");
        await File.WriteAllTextAsync(plist, "<plist><dict><key>Label</key><string>a</string></dict></plist>", Cancel);
        mac.SetFault(MacFaults.BootstrapFalselyFailed);
        Assert.Equal(new Ran(5, string.Empty, "Bootstrap failed: 5: Input/output error\n"), await mac.RunAsync("/bin/launchctl", "bootstrap", "system", plist));
        Assert.True(mac.State.Jobs.ContainsKey("a"));
    }

    [Fact]
    public void General_faults_are_ordered_by_command_and_unknown_names_are_refused()
    {
        Assert.Equal(MacFaults.Hang("dscl", "-read").Always(), new FaultOrder("hang", "-read", Always: true) { Command = "dscl" }.ToFault());
        Assert.Equal(7, new FaultOrder("exit") { Command = "id", Value = 7 }.ToFault().ExitCode);
        Assert.Equal(FaultMode.Slow, new FaultOrder("slow") { Command = "id", Value = 5 }.ToFault().Mode);
        Assert.Equal(FaultMode.Phantom, new FaultOrder("phantom") { Command = "id" }.ToFault().Mode);
        Assert.Throws<ArgumentException>(() => new FaultOrder("no-such-fault").ToFault());
    }

    [Fact]
    public async Task A_deletion_can_leave_the_record_behind_once()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.AddUserAsync("anna", "Blue.Kite-77");
        mac.SetFault(MacFaults.DeleteUserRecordLeft);
        Assert.Contains("### Error:-14120", (await mac.RunAsync("/usr/sbin/sysadminctl", "-deleteUser", "anna")).Errors, StringComparison.Ordinal);
        Assert.NotNull(mac.State.Find("anna"));
        await mac.RunAsync("/usr/sbin/sysadminctl", "-deleteUser", "anna");
        Assert.Null(mac.State.Find("anna"));
    }

    [Fact]
    public async Task A_hanging_command_answers_nobody_and_ends_with_its_caller()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        mac.SetFault(MacFaults.InstallerHang.Always());
        var struck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        mac.Faults.OnStruck = (_, _) => struck.TrySetResult();
        using var hanging = MacShell.Start(mac, "/usr/sbin/installer", "-pkg", "/x.pkg", "-target", "/");
        await struck.Task.WaitAsync(Cancel);
        Assert.False(hanging.HasExited);
        hanging.Kill();
        await hanging.WaitForExitAsync(Cancel);
        await Wait.UntilAsync(() => mac.Journal.Calls.Any(call => call is { Command: "installer", ExitCode: null, Fault: "installer-hang" }));
    }

    [Fact]
    public async Task A_fault_strikes_as_often_and_only_where_it_was_told_to()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        mac.SetFault(MacFaults.IdUnknown.For("enroll").Exactly(2));
        Assert.Equal(0, (await mac.RunAsync("/usr/bin/id", "-u", "root")).ExitCode);
        Assert.Equal(new Ran(1, string.Empty, "id: enroll: no such user\n"), await mac.RunAsync("/usr/bin/id", "-u", "enroll"));
        Assert.Equal(1, (await mac.RunAsync("/usr/bin/id", "-u", "enroll")).ExitCode);
        Assert.Equal(0, (await mac.RunAsync("/usr/bin/id", "-u", "enroll")).ExitCode);
        mac.SetFault(MacFaults.WrongExitCode("id", 9).Always());
        Assert.Equal(new Ran(9, "501\n", string.Empty), await mac.RunAsync("/usr/bin/id", "-u", "enroll"));
        mac.ClearFaults();
        mac.SetFault(MacFaults.Slow("id", TimeSpan.FromMilliseconds(30)));
        Assert.Equal(0, (await mac.RunAsync("/usr/bin/id", "-u", "enroll")).ExitCode);
        
        // Timers count the system's ticks, of which one is some milliseconds.
        Assert.True(mac.Journal.Calls[^1].Milliseconds >= 20);
    }

    [Fact]
    public void Passwords_are_hidden_in_arguments_of_commands_within_commands()
    {
        var (shown, found) = PasswordArguments.Hide(["asuser", "501", "sysadminctl", "-addUser", "a", "-password", "secret"]);
        Assert.True(found);
        Assert.DoesNotContain("secret", shown);
        Assert.False(PasswordArguments.Hide(["-addUser", "a", "-password", "-"]).Found);
    }
}
