using Prestage.Simulators.Mac;
using Prestage.Simulators.Mac.Machine;
using Xunit;

namespace Prestage.Tests.Simulation;

/// <summary>Secure Tokens on the simulated Mac, and the three places that tell of them.</summary>
public sealed class MacTestsTokens
{
    private const string SysAdminCtl = "/usr/sbin/sysadminctl";
    private const string Password = "Blue.Kite-77";
    private const string EnrollPassword = "enroll-Us3r";
    private static readonly string[] Grant = ["-secureTokenOn", "anna", "-password", "-", "-adminUser", "enroll", "-adminPassword", "-"];
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_status_names_the_full_name()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.AddUserAsync("anna", Password);
        var status = await mac.RunAsync(SysAdminCtl, "-secureTokenStatus", "anna");
        Assert.Equal((0, string.Empty), (status.ExitCode, status.Output));
        Assert.EndsWith("Secure token is DISABLED for user Anna Berg\n", status.Errors, StringComparison.Ordinal);
        Assert.EndsWith("Unknown user ghost\n", (await mac.RunAsync(SysAdminCtl, "-secureTokenStatus", "ghost")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_account_with_a_password_takes_the_token_and_a_second_gets_none()
    {
        await using var mac = await SimulatedMac.StartAsync(new() { EnrollmentUser = new() { SecureToken = false } }, Cancel);
        await mac.AddUserAsync("anna", Password);
        await mac.FeedAsync(SysAdminCtl, "x\n", "-addUser", "bert", "-password", "-");
        Assert.True(mac.State.Find("anna")!.SecureToken);
        Assert.False(mac.State.Find("bert")!.SecureToken);
    }

    [Fact]
    public async Task A_grant_reads_the_admins_password_first_and_shows_in_all_three_places()
    {
        await using var mac = await SimulatedMac.StartAsync(new() { FileVaultOn = true }, Cancel);
        await mac.AddUserAsync("anna", Password);
        var granted = await mac.FeedAsync(SysAdminCtl, $"{EnrollPassword}\n{Password}\n", Grant);
        Assert.EndsWith("- Done!\n", granted.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("No clear text password", granted.Errors, StringComparison.Ordinal);
        var guid = mac.State.Find("anna")!.GeneratedUid;
        Assert.Contains("is ENABLED for user Anna Berg", (await mac.RunAsync(SysAdminCtl, "-secureTokenStatus", "anna")).Errors, StringComparison.Ordinal);
        Assert.Contains($"+-- {guid}\n|   Type: Local Open Directory User\n", (await mac.RunAsync("/usr/sbin/diskutil", "apfs", "listUsers", "/")).Output, StringComparison.Ordinal);
        Assert.Contains($"anna,{guid}\n", (await mac.RunAsync("/usr/bin/fdesetup", "list")).Output, StringComparison.Ordinal);
        Assert.Contains(";SecureToken;", (await mac.RunAsync("/usr/bin/dscl", ".", "-read", "/Users/anna", "AuthenticationAuthority")).Output, StringComparison.Ordinal);
        Assert.Contains(guid, (await mac.RunAsync("/usr/sbin/diskutil", "apfs", "listUsers", "/", "-plist")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Password + "\n" + EnrollPassword + "\n", "### Error:-14090 ")]
    [InlineData(EnrollPassword + "\nwrong\n", "### Error:-14090 ")]
    [InlineData(EnrollPassword + "\n", "Password is required!")]
    public async Task A_grant_with_wrong_or_swapped_passwords_ends_with_0_and_gives_nothing(string input, string said)
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.AddUserAsync("anna", Password);
        var refused = await mac.FeedAsync(SysAdminCtl, input, Grant);
        Assert.Equal(0, refused.ExitCode);
        Assert.Contains(said, refused.Errors, StringComparison.Ordinal);
        Assert.False(mac.State.Find("anna")!.SecureToken);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Whoever_authorises_needs_admin_rights_and_a_token(bool admin, bool token)
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.AddUserAsync("anna", Password);
        mac.Change(state => AccountRules.SetAdmin(AccountRules.Update(state, "enroll", user => user with { SecureToken = token }), "enroll", admin));
        var refused = await mac.FeedAsync(SysAdminCtl, $"{EnrollPassword}\n{Password}\n", Grant);
        Assert.Contains("setSecureTokenAuthorizationEnabled error Error Domain=com.apple.OpenDirectory Code=5101", refused.Errors, StringComparison.Ordinal);
        Assert.False(mac.State.Find("anna")!.SecureToken);
    }

    [Fact]
    public async Task An_account_added_with_an_admins_credentials_has_its_token_at_once_and_with_wrong_ones_appears_without()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        string[] admin = ["-adminUser", "enroll", "-adminPassword", "-"];
        await mac.FeedAsync(SysAdminCtl, $"{EnrollPassword}\n{Password}\n", ["-addUser", "anna", "-password", "-", .. admin]);
        var wrong = await mac.FeedAsync(SysAdminCtl, $"wrong\n{Password}\n", ["-addUser", "bert", "-password", "-", .. admin]);
        Assert.True(mac.State.Find("anna")!.SecureToken);
        Assert.Contains("### Error:-14090 ", wrong.Errors, StringComparison.Ordinal);
        Assert.False(mac.State.Find("bert")!.SecureToken);
    }

    [Fact]
    public async Task The_last_token_user_is_not_deleted()
    {
        await using var mac = await SimulatedMac.StartAsync(new(), Cancel);
        await mac.AddUserAsync("anna", Password, "-admin");
        Assert.Contains("can not be deleted", (await mac.RunAsync(SysAdminCtl, "-deleteUser", "enroll")).Errors, StringComparison.Ordinal);
        Assert.NotNull(mac.State.Find("enroll"));
        await mac.FeedAsync(SysAdminCtl, $"{EnrollPassword}\n{Password}\n", Grant);
        await mac.RunAsync(SysAdminCtl, "-deleteUser", "enroll");
        Assert.Null(mac.State.Find("enroll"));
    }
}
