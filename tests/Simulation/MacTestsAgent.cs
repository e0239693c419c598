using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Prestage.Simulators.Mac;
using Prestage.Simulators.Mac.Machine;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Simulation;

/// <summary>The simulated JumpCloud agent: installation, registration, takeover, report.</summary>
public sealed class MacTestsAgent
{
    private const string Password = "Blue.Kite-77";
    private const string Job = "system/com.jumpcloud.darwin-agent";
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_installed_agent_registers_with_a_key_of_its_own()
    {
        await using var tenant = await MacTestsTenant.StartAsync(Cancel);
        await using var mac = await SimulatedMac.StartAsync(Options(tenant), Cancel);
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, (await InstallAsync(mac)).ExitCode);
        var conf = await ConfAsync(mac);
        TestContext.Current.TestOutputHelper?.WriteLine($"from installer to systemKey: {clock.ElapsedMilliseconds} ms");
        Assert.Equal(MacTestsTenant.SystemId, (string?)conf["systemKey"]);
        Assert.Equal("C02SIMULATED1", (string?)tenant.Registration!["serialNumber"]);
        Assert.Equal(UnixFile.OwnerOnly, UnixFile.ModeOf(mac.PathOf("/opt/jc/client.key")));
        using var mine = RSA.Create();
        mine.ImportFromPem(await File.ReadAllTextAsync(mac.PathOf("/opt/jc/client.key"), Cancel));
        Assert.Equal(2048, mine.KeySize);
        Assert.Equal((string?)tenant.Registration["publicKeyPem"], mine.ExportSubjectPublicKeyInfoPem());
        Assert.Equal(0, (await mac.RunAsync("/bin/launchctl", "print", Job)).ExitCode);
        Assert.Equal(0, (await mac.RunAsync("/usr/sbin/pkgutil", "--pkg-info", "com.jumpcloud.agent")).ExitCode);
    }

    [Fact]
    public async Task Without_a_bootstrap_file_the_installation_fails_and_a_wrong_key_never_registers()
    {
        await using var tenant = await MacTestsTenant.StartAsync(Cancel);
        await using var mac = await SimulatedMac.StartAsync(Options(tenant), Cancel);
        Assert.Equal(1, (await InstallAsync(mac, connectKey: null)).ExitCode);
        Assert.Empty(mac.State.Receipts);
        Assert.Equal(0, (await InstallAsync(mac, "wrong")).ExitCode);
        await LogSaysAsync(mac, "refused the connect key");
        Assert.Null(mac.SystemId);
    }

    [Fact]
    public async Task An_account_of_the_same_name_is_taken_over_with_password_and_rights()
    {
        await using var tenant = await MacTestsTenant.StartAsync(Cancel);
        await using var mac = await SimulatedMac.StartAsync(Options(tenant), Cancel);
        await mac.AddUserAsync("anna", "another one");
        await InstallAsync(mac);
        await ConfAsync(mac);
        tenant.Bind(Anna(admin: true));
        var state = await mac.WaitForAsync(now => now.Find("anna") is { Managed: true }, Cancel);
        Assert.Equal(502, state.Find("anna")!.Uid);
        Assert.True(state.IsAdmin("anna"));
        Assert.Equal(0, (await mac.FeedAsync("/usr/bin/dscl", Password + "\n", ".", "-authonly", "anna")).ExitCode);
        await ReportedAsync(tenant, row => row is { } anna && (bool)anna["managed"]! && (bool)anna["admin"]! && !(bool)anna["secureTokenEnabled"]!);
        await LogSaysAsync(mac, "User updates complete");
        tenant.Bind();
        await mac.WaitForAsync(now => now.Find("anna") is { Managed: false }, Cancel);
    }

    [Fact]
    public async Task A_missing_account_is_made_and_its_login_is_reported_with_the_token()
    {
        await using var tenant = await MacTestsTenant.StartAsync(Cancel);
        var options = Options(tenant);
        options.Person = new() { Username = "anna", Password = Password };
        await using var mac = await SimulatedMac.StartAsync(options, Cancel);
        await InstallAsync(mac);
        await ConfAsync(mac);
        tenant.Bind(Anna(admin: false));
        await ReportedAsync(tenant, row => row is not null);
        Assert.True(Directory.Exists(mac.PathOf("/Users/anna")));
        Assert.False(mac.State.Find("anna")!.SecureToken);
        await mac.RunAsync("/bin/launchctl", "bootout", "gui/501");
        await ReportedAsync(tenant, row => (bool)row!["secureTokenEnabled"]!);
        Assert.Equal("anna", mac.State.Console!.ShortName);
    }

    [Fact]
    public async Task A_silent_agent_goes_to_work_when_its_job_is_started_again()
    {
        await using var tenant = await MacTestsTenant.StartAsync(Cancel);
        var options = Options(tenant);
        options.AgentSilentUntilRestarted = true;
        await using var mac = await SimulatedMac.StartAsync(options, Cancel);
        await InstallAsync(mac);
        await ConfAsync(mac);
        tenant.Bind(Anna(admin: false));
        Assert.Null(mac.State.Find("anna"));
        Assert.Equal(0, (await mac.RunAsync("/bin/launchctl", "kickstart", "-k", Job)).ExitCode);
        await mac.WaitForAsync(now => now.Find("anna") is { Managed: true }, Cancel);
    }

    [Fact]
    public async Task A_restarted_Mac_follows_the_directory_again_under_the_same_id()
    {
        await using var tenant = await MacTestsTenant.StartAsync(Cancel);
        await using var mac = await SimulatedMac.StartAsync(Options(tenant), Cancel);
        await InstallAsync(mac);
        await ConfAsync(mac);
        await mac.RebootAsync(Cancel);
        tenant.Bind(Anna(admin: false));
        await mac.WaitForAsync(now => now.Find("anna") is { Managed: true }, Cancel);
        Assert.Equal(MacTestsTenant.SystemId, mac.SystemId);
    }

    [Fact]
    public async Task An_agent_without_a_tenant_keeps_trying()
    {
        await using var mac = await SimulatedMac.StartAsync(new() { JumpCloudBaseUrl = new("http://127.0.0.1:1") }, Cancel);
        await InstallAsync(mac);
        await LogSaysAsync(mac, "trying again");
        Assert.Null(mac.SystemId);
    }

    [Theory]
    [InlineData("enroll;enroll-Us3r", true)]
    [InlineData("enroll;wrong", false)]
    [InlineData("=skip", false)]
    public async Task The_service_account_comes_from_the_credentials_file_which_is_gone_afterwards(string line, bool made)
    {
        await using var tenant = await MacTestsTenant.StartAsync(Cancel);
        await using var mac = await SimulatedMac.StartAsync(Options(tenant), Cancel);
        var file = mac.PathOf("/var/run/JumpCloud-SecureToken-Creds.txt");
        await File.WriteAllTextAsync(file, line + "\n", Cancel);
        await InstallAsync(mac);
        await ConfAsync(mac);
        Assert.False(File.Exists(file));
        tenant.Bind(Anna(admin: false));
        var state = await mac.WaitForAsync(now => now.Find("anna") is not null, Cancel);
        Assert.Equal(made, state.Find("_jumpcloudserviceaccount") is not null);
        Assert.Equal(made, state.Find("anna")!.SecureToken);
    }

    private static SimulatedMacOptions Options(MacTestsTenant tenant) => new() { JumpCloudBaseUrl = tenant.BaseUrl };

    private static async Task<Ran> InstallAsync(SimulatedMac mac, string? connectKey = MacTestsTenant.ConnectKey)
    {
        Directory.CreateDirectory(mac.PathOf("/opt/jc"));
        if (connectKey is not null)
        {
            await File.WriteAllTextAsync(mac.PathOf("/opt/jc/agentBootstrap.json"), new JsonObject { ["connectKey"] = connectKey }.ToJsonString(), Cancel);
        }

        var package = mac.PathOf("/private/tmp/jumpcloud-agent.pkg");
        await File.WriteAllTextAsync(package, """{"package":"com.jumpcloud.agent","name":"jumpcloud-agent"}""", Cancel);
        return await mac.RunAsync("/usr/sbin/installer", "-pkg", package, "-target", "/");
    }

    private static JsonObject Anna(bool admin)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return new JsonObject
        {
            ["id"] = "5f0000000000000000000001",
            ["username"] = "anna",
            ["fullName"] = "Anna Berg",
            ["admin"] = admin,
            ["password"] = new JsonObject
            {
                ["salt"] = Convert.ToBase64String(salt),
                ["iterations"] = 1000,
                ["hash"] = Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(Password), salt, 1000, HashAlgorithmName.SHA256, 32)),
            },
        };
    }

    private static async Task<JsonNode> ConfAsync(SimulatedMac mac)
    {
        await Wait.UntilAsync(() => File.Exists(mac.PathOf("/opt/jc/jcagent.conf")));
        return JsonNode.Parse(await File.ReadAllTextAsync(mac.PathOf("/opt/jc/jcagent.conf"), Cancel))!;
    }

    private static Task LogSaysAsync(SimulatedMac mac, string text) => Wait.UntilAsync(() =>
        File.Exists(mac.PathOf("/var/log/jcagent.log")) && File.ReadAllText(mac.PathOf("/var/log/jcagent.log")).Contains(text, StringComparison.Ordinal));

    private static Task ReportedAsync(MacTestsTenant tenant, Func<JsonObject?, bool> anna) =>
        Wait.UntilAsync(() => anna(tenant.Metrics.GetValueOrDefault("anna")));
}
