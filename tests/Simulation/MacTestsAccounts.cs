using Prestage.Simulators.Mac;
using Prestage.Simulators.Mac.Machine;
using Xunit;

namespace Prestage.Tests.Simulation;

/// <summary>Accounts on the simulated Mac: sysadminctl, dscl, dseditgroup, createhomedir, id.</summary>
public sealed class MacTestsAccounts
{
    private const string SysAdminCtl = "/usr/sbin/sysadminctl";
    private const string Dscl = "/usr/bin/dscl";
    private const string Password = "Blue.Kite-77 ü";
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_added_account_is_told_on_standard_error_and_is_there()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        var added = await mac.AddUserAsync("anna", Password);
        Assert.Equal((0, string.Empty), (added.ExitCode, added.Output));
        Assert.Matches(@"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} sysadminctl\[\d+:\d+\] Assigning UID: 502 GID: 20$", added.Errors);
        Assert.Contains("No clear text password or interactive option was specified", added.Errors, StringComparison.Ordinal);
        Assert.Contains("Creating home directory at /Users/anna", added.Errors, StringComparison.Ordinal);
        Assert.Equal(new Ran(0, "502\n", string.Empty), await mac.RunAsync("/usr/bin/id", "-u", "anna"));
        Assert.True(Directory.Exists(mac.PathOf("/Users/anna")));
        Assert.Equal("502 20\n", (await mac.RunAsync("/usr/bin/stat", "-f", "%u %g", "/Users/anna")).Output);
        Assert.False(mac.State.IsAdmin("anna"));
    }

    [Fact]
    public async Task A_home_that_was_there_before_keeps_its_owner()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        Directory.CreateDirectory(mac.PathOf("/Users/anna"));
        mac.Files.SetOwner("/Users/anna", 612, 20);
        await mac.AddUserAsync("anna", Password);
        await mac.RunAsync("/usr/sbin/createhomedir", "-c", "-u", "anna");
        Assert.Equal("612 20\n", (await mac.RunAsync("/usr/bin/stat", "-f", "%u %g", "/Users/anna")).Output);
    }

    [Fact]
    public async Task A_home_that_is_given_is_assigned_and_createhomedir_makes_it_once()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        var added = await mac.AddUserAsync("anna", Password, "-home", "/Users/anna", "-admin", "-UID", "777");
        Assert.Contains("Home directory is assigned (not created!) at /Users/anna", added.Errors, StringComparison.Ordinal);
        Assert.Contains("Assigning UID: 777", added.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(mac.PathOf("/Users/anna")));
        Assert.True(mac.State.IsAdmin("anna"));
        Assert.Equal("creating home directories for (Mac.local)\ncreated (/Users/anna)\n", (await mac.RunAsync("/usr/sbin/createhomedir", "-c", "-u", "anna")).Output);
        Assert.Equal("creating home directories for (Mac.local)\n", (await mac.RunAsync("/usr/sbin/createhomedir", "-c", "-u", "anna")).Output);
        Assert.True(Directory.Exists(mac.PathOf("/Users/anna")));
    }

    [Fact]
    public async Task A_name_or_full_name_in_use_is_refused_with_exit_code_0()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.AddUserAsync("anna", Password);
        var again = await mac.AddUserAsync("anna2", Password);
        Assert.Equal(0, again.ExitCode);
        Assert.Null(mac.State.Find("anna2"));
        Assert.DoesNotContain("Assigning UID", again.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_promised_password_that_never_comes_makes_no_account()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        var added = await mac.FeedAsync(SysAdminCtl, string.Empty, "-addUser", "anna", "-password", "-");
        Assert.Equal(0, added.ExitCode);
        Assert.Contains("Password is required!", added.Errors, StringComparison.Ordinal);
        Assert.Null(mac.State.Find("anna"));
    }

    [Fact]
    public async Task Dscl_reads_as_the_real_one_does()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.AddUserAsync("anna", Password);
        Assert.Equal(new Ran(0, "UniqueID: 502\n", string.Empty), await mac.RunAsync(Dscl, ".", "-read", "/Users/anna", "UniqueID"));
        Assert.Equal(new Ran(0, "RealName:\n Anna Berg\n", string.Empty), await mac.RunAsync(Dscl, ".", "-read", "/Users/anna", "RealName"));
        Assert.Equal(new Ran(0, string.Empty, "No such key: IsHidden\n"), await mac.RunAsync(Dscl, ".", "-read", "/Users/anna", "IsHidden"));
        Assert.Equal(new Ran(0, string.Empty, string.Empty), await mac.RunAsync(Dscl, ".", "-create", "/Users/anna", "IsHidden", "1"));
        Assert.Equal("dsAttrTypeNative:IsHidden: 1\n", (await mac.RunAsync(Dscl, ".", "-read", "/Users/anna", "IsHidden")).Output);
        Assert.Equal(
            new Ran(56, string.Empty, "<dscl_cmd> DS Error: -14136 (eDSRecordNotFound)\n"), await mac.RunAsync(Dscl, ".", "-read", "/Users/nobody2", "UniqueID"));
        Assert.Contains("_mbsetupuser            248\nanna                    502\n", (await mac.RunAsync(Dscl, ".", "-list", "/Users", "UniqueID")).Output, StringComparison.Ordinal);
        Assert.Equal(new Ran(69, string.Empty, "Data source (/Nowhere) is not valid.\n"), await mac.RunAsync(Dscl, "/Nowhere", "-read", "/Users/anna"));
        Assert.Contains("<string>Anna Berg</string>", (await mac.RunAsync(Dscl, "-plist", ".", "-read", "/Users/anna", "RealName")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_is_verified_by_standard_input_with_or_without_an_end_of_line()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.AddUserAsync("anna", Password);
        Assert.Equal(new Ran(0, string.Empty, string.Empty), await mac.FeedAsync(Dscl, Password + "\n", "/Local/Default", "-authonly", "anna"));
        Assert.Equal(0, (await mac.FeedAsync(Dscl, Password, ".", "-authonly", "anna")).ExitCode);
        Assert.Equal(
            new Ran(10, "Authentication for node /Local/Default failed. (-14090, eDSAuthFailed)\n", "<dscl_cmd> DS Error: -14090 (eDSAuthFailed)\n"),
            await mac.FeedAsync(Dscl, "other\n", "/Local/Default", "-authonly", "anna"));
        mac.Change(state => AccountRules.Update(state, "anna", user => user with { Enabled = false }));
        Assert.Equal(87, (await mac.FeedAsync(Dscl, Password + "\n", ".", "-authonly", "anna")).ExitCode);
        Assert.Contains(";DisabledUser;", (await mac.RunAsync(Dscl, ".", "-read", "/Users/anna", "AuthenticationAuthority")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dscl_sets_a_password_only_where_no_token_hangs_on_it()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.AddUserAsync("anna", Password);
        Assert.Equal(0, (await mac.FeedAsync(Dscl, "new one\n", ".", "-passwd", "/Users/anna")).ExitCode);
        Assert.Equal(0, (await mac.FeedAsync(Dscl, "new one\n", ".", "-authonly", "anna")).ExitCode);
        var refused = await mac.FeedAsync(Dscl, "new one\n", ".", "-passwd", "/Users/enroll");
        Assert.Equal(10, refused.ExitCode);
        Assert.StartsWith("Operation is not permitted without secure token unlock", refused.Errors, StringComparison.Ordinal);
        await mac.FeedAsync(SysAdminCtl, "new one\n", "-resetPasswordFor", "enroll", "-newPassword", "-");
        Assert.True(mac.State.Find("enroll")!.CryptoPasswordStale);
    }

    [Fact]
    public async Task Group_membership_has_the_exit_codes_of_dseditgroup()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.AddUserAsync("anna", Password);
        const string Tool = "/usr/sbin/dseditgroup";
        Assert.Equal(new Ran(67, "no anna is NOT a member of admin\n", string.Empty), await mac.RunAsync(Tool, "-o", "checkmember", "-m", "anna", "admin"));
        Assert.Equal(new Ran(0, string.Empty, string.Empty), await mac.RunAsync(Tool, "-o", "edit", "-a", "anna", "-t", "user", "admin"));
        Assert.Equal(new Ran(0, "yes anna is a member of admin\n", string.Empty), await mac.RunAsync(Tool, "-o", "checkmember", "-m", "anna", "admin"));
        Assert.Equal("GroupMembership: root enroll anna\n", (await mac.RunAsync(Dscl, ".", "-read", "/Groups/admin", "GroupMembership")).Output);
        Assert.Equal("staff admin\n", (await mac.RunAsync("/usr/bin/id", "-Gn", "anna")).Output);
        Assert.Equal(64, (await mac.RunAsync(Tool, "-o", "checkmember", "-m", "ghost", "admin")).ExitCode);
        Assert.Equal(new Ran(64, string.Empty, "Group not found.\n"), await mac.RunAsync(Tool, "-o", "edit", "-a", "anna", "-t", "user", "ghosts"));
        Assert.NotEqual(0, (await mac.RunAsync(Tool, "-o", "edit", "-a", "ghost", "-t", "user", "admin")).ExitCode);
    }

    [Fact]
    public async Task A_deletion_takes_record_home_and_processes()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.AddUserAsync("anna", Password);
        var deleted = await mac.RunAsync(SysAdminCtl, "-deleteUser", "anna");
        Assert.Contains("Deleting record for ", deleted.Errors, StringComparison.Ordinal);
        Assert.Contains("AOSKit INFO: ", deleted.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(mac.PathOf("/Users/anna")));
        Assert.Equal(new Ran(1, string.Empty, "id: anna: no such user\n"), await mac.RunAsync("/usr/bin/id", "-u", "anna"));
        Assert.Contains("User anna not found", (await mac.RunAsync(SysAdminCtl, "-deleteUser", "anna")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_privacy_grant_the_home_goes_and_the_record_stays()
    {
        await using var mac = await SimulatedMac.StartAsync(new() { TccGrant = false }, Cancel);
        await mac.AddUserAsync("anna", Password);
        var deleted = await mac.RunAsync(SysAdminCtl, "-deleteUser", "anna");
        Assert.Equal(0, deleted.ExitCode);
        Assert.Contains("### Error:-14120 ", deleted.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(mac.PathOf("/Users/anna")));
        Assert.Equal(0, (await mac.RunAsync("/usr/bin/id", "-u", "anna")).ExitCode);
    }

    [Fact]
    public async Task The_last_admin_is_not_deleted()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.AddUserAsync("anna", Password);
        mac.Change(state => AccountRules.Update(state, "anna", user => user with { SecureToken = true }));
        var refused = await mac.RunAsync(SysAdminCtl, "-deleteUser", "enroll");
        Assert.Equal(0, refused.ExitCode);
        Assert.Contains("User enroll can not be deleted (it's either last admin user or last secure token user", refused.Errors, StringComparison.Ordinal);
        Assert.NotNull(mac.State.Find("enroll"));
    }

    [Fact]
    public async Task A_name_whose_record_dscl_deleted_cannot_be_made_again()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.AddUserAsync("anna", Password);
        mac.Change(state => AccountRules.Update(state, "anna", user => user with { SecureToken = true }));
        var guid = mac.State.Find("anna")!.GeneratedUid;
        await mac.RunAsync(Dscl, ".", "-delete", "/Users/anna");
        Assert.Contains(guid, (await mac.RunAsync("/usr/sbin/diskutil", "apfs", "listUsers", "/")).Output, StringComparison.Ordinal);
        var phantom = await mac.AddUserAsync("anna", Password);
        Assert.Contains("Creating home directory at /Users/anna", phantom.Errors, StringComparison.Ordinal);
        Assert.Null(mac.State.Find("anna"));
    }
}
