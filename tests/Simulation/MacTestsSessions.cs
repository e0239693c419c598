using System.Diagnostics;
using Prestage.Simulators.Mac;
using Prestage.Simulators.Mac.Machine;
using Xunit;

namespace Prestage.Tests.Simulation;

/// <summary>Who is at the simulated Mac's screen: logout, the person's login, restarts.</summary>
public sealed class MacTestsSessions
{
    private const string Password = "Blue.Kite-77";
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static SimulatedMacOptions WithAnna => new() { Person = new() { Username = "anna", Password = Password } };

    [Fact]
    public async Task The_enrollment_user_is_at_the_screen_when_the_Mac_starts()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        Assert.Equal("enroll\n", (await mac.RunAsync("/usr/bin/stat", "-f%Su", "/dev/console")).Output);
        Assert.Equal("501\n", (await mac.RunAsync("/usr/bin/stat", "-f%u", "/dev/console")).Output);
        var shown = (await mac.FeedAsync("/usr/sbin/scutil", "show State:/Users/ConsoleUser\n")).Output;
        Assert.Equal(
            """
            <dictionary> {
              GID : 20
              Name : enroll
              SessionInfo : <array> {
                0 : <dictionary> {
                  kCGSSessionAuditIDKey : 100006
                  kCGSSessionOnConsoleKey : TRUE
                  kCGSSessionUserIDKey : 501
                  kCGSSessionUserNameKey : enroll
                  kCGSessionLoginDoneKey : TRUE
                  kCGSessionLongUserNameKey : Enroll
                  kSCSecuritySessionID : 100006
                }
              }
              UID : 501
            }

            """,
            shown);
        Assert.Equal(0, (await mac.RunAsync("/usr/bin/pgrep", "-u", "501", "-x", "Finder")).ExitCode);
        Assert.Equal(new Ran(1, string.Empty, string.Empty), await mac.RunAsync("/usr/bin/pgrep", "-u", "502", "-x", "Finder"));
    }

    [Theory]
    [InlineData(nameof(ScreenOwner.LoginWindow), "root\n", "Name : loginwindow")]
    [InlineData(nameof(ScreenOwner.SetupAssistant), "_mbsetupuser\n", "Name : _mbsetupuser")]
    [InlineData(nameof(ScreenOwner.Nobody), "root\n", "  No such key")]
    public async Task Without_a_session_the_screen_belongs_to_the_system(string screen, string owner, string shown)
    {
        await using var mac = await SimulatedMac.StartAsync(new() { EnrollmentUser = new() { LoggedIn = false }, Screen = Enum.Parse<ScreenOwner>(screen) }, Cancel);
        Assert.Equal(owner, (await mac.RunAsync("/usr/bin/stat", "-f%Su", "/dev/console")).Output);
        Assert.Contains(shown, (await mac.FeedAsync("/usr/sbin/scutil", "show State:/Users/ConsoleUser\n")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_logout_the_person_logs_in_and_the_Bootstrap_Token_gives_a_token()
    {
        await using var mac = await SimulatedMac.StartAsync(WithAnna, Cancel);
        await mac.AddUserAsync("anna", Password);
        var asked = await mac.RunAsync(
            "/bin/launchctl", "asuser", "501", mac.PathOf("/usr/bin/sudo"), "-H", "-u", "enroll", mac.PathOf("/usr/bin/osascript"), "-e", "tell application \"loginwindow\" to «event aevtrlgo»");
        Assert.Equal(new Ran(0, string.Empty, string.Empty), asked);
        var clock = Stopwatch.StartNew();
        var state = await mac.WaitForAsync(now => now.Console is { ShortName: "anna", LoginDone: true }, Cancel);
        TestContext.Current.TestOutputHelper?.WriteLine($"logout and login: {clock.ElapsedMilliseconds} ms");
        Assert.True(state.Find("anna")!.SecureToken);
        Assert.Equal(1, (await mac.RunAsync("/usr/bin/pgrep", "-u", "501")).ExitCode);
        Assert.Equal(0, (await mac.RunAsync("/usr/bin/pgrep", "-u", "502", "-x", "Dock")).ExitCode);
        Assert.Equal(["launchctl", "sudo", "osascript"], mac.Journal.Calls.Select(call => call.Command).Where(name => name is "launchctl" or "sudo" or "osascript"));
    }

    [Fact]
    public async Task Without_an_escrowed_Bootstrap_Token_a_login_gives_no_token()
    {
        var options = WithAnna;
        options.BootstrapTokenEscrowed = false;
        await using var mac = await SimulatedMac.StartAsync(options, Cancel);
        await mac.AddUserAsync("anna", Password);
        Assert.Equal(0, (await mac.RunAsync("/bin/launchctl", "bootout", "gui/501")).ExitCode);
        var state = await mac.WaitForAsync(now => now.Console is { ShortName: "anna", LoginDone: true }, Cancel);
        Assert.False(state.Find("anna")!.SecureToken);
    }

    [Fact]
    public async Task The_person_waits_for_an_account_that_is_shown_enabled_and_takes_their_password()
    {
        await using var mac = await SimulatedMac.StartAsync(WithAnna, Cancel);
        await mac.AddUserAsync("anna", "not hers");
        await mac.RunAsync("/usr/bin/dscl", ".", "-create", "/Users/anna", "IsHidden", "1");
        await mac.RunAsync("/bin/launchctl", "bootout", "user/501");
        await mac.WaitForAsync(now => now.Console is null, Cancel);
        await mac.FeedAsync("/usr/bin/dscl", Password + "\n", ".", "-passwd", "/Users/anna");
        Assert.Null(mac.State.Console);
        await mac.RunAsync("/usr/bin/dscl", ".", "-delete", "/Users/anna", "IsHidden");
        await mac.WaitForAsync(now => now.Console?.ShortName == "anna", Cancel);
    }

    [Fact]
    public async Task Only_the_sessions_own_user_can_ask_for_the_logout()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        var refused = await mac.RunAsync("/usr/bin/osascript", "-e", "tell application \"loginwindow\" to «event aevtrlgo»");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("(-1743)", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(new Ran(3, string.Empty, "Boot-out failed: 3: No such process\n"), await mac.RunAsync("/bin/launchctl", "bootout", "gui/999"));
    }

    [Fact]
    public async Task A_restart_empties_the_run_directory_and_logs_the_enrollment_user_in_again()
    {
        await using var mac = await SimulatedMac.StartAsync(WithAnna, Cancel);
        await mac.AddUserAsync("anna", Password);
        await File.WriteAllTextAsync(mac.PathOf("/var/run/left"), "x", Cancel);
        await mac.RebootAsync(Cancel);
        Assert.False(File.Exists(mac.PathOf("/var/run/left")));
        var state = await mac.WaitForAsync(now => now.Console is { LoginDone: true }, Cancel);
        Assert.Equal("enroll", state.Console!.ShortName);
    }

    [Fact]
    public async Task A_hidden_user_is_still_logged_in_automatically_until_that_is_switched_off()
    {
        const string LoginWindow = "/Library/Preferences/com.apple.loginwindow";
        await using var mac = await SimulatedMac.StartAsync(WithAnna, Cancel);
        await mac.AddUserAsync("anna", Password);
        await mac.RunAsync("/usr/bin/dscl", ".", "-create", "/Users/enroll", "IsHidden", "1");
        Assert.Equal(new Ran(0, "enroll\n", string.Empty), await mac.RunAsync("/usr/bin/defaults", "read", LoginWindow, "autoLoginUser"));
        await mac.RebootAsync(Cancel);
        Assert.Equal("enroll", (await mac.WaitForAsync(now => now.Console is { LoginDone: true }, Cancel)).Console!.ShortName);

        Assert.Equal(0, (await mac.RunAsync("/usr/sbin/sysadminctl", "-autologin", "off")).ExitCode);
        var none = await mac.RunAsync("/usr/bin/defaults", "read", LoginWindow, "autoLoginUser");
        Assert.Equal(1, none.ExitCode);
        Assert.EndsWith($"The domain/default pair of ({LoginWindow}, autoLoginUser) does not exist\n", none.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(mac.PathOf("/etc/kcpassword")));
        await mac.RebootAsync(Cancel);
        Assert.Equal("anna", (await mac.WaitForAsync(now => now.Console is { LoginDone: true }, Cancel)).Console!.ShortName);
    }

    [Fact]
    public async Task Caffeinate_stays_for_as_long_as_the_process_it_watches()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        using var watched = MacShell.Start(mac, "/usr/bin/caffeinate");
        using var caffeinate = MacShell.Start(mac, "/usr/bin/caffeinate", "-d", "-i", "-m", "-u", "-w", $"{watched.Id}");
        Assert.False(caffeinate.HasExited);
        watched.Kill();
        await watched.WaitForExitAsync(Cancel);
        await caffeinate.WaitForExitAsync(Cancel);
        Assert.Equal(0, caffeinate.ExitCode);
    }
}
