using System.Security.Cryptography;
using System.Text.Json;
using Prestage.Simulators.JumpCloud;
using Xunit;

namespace Prestage.Tests.Simulation;

/// <summary>The control surface that simulated Macs, the sandbox and other processes use.</summary>
public sealed class SimulatedAgentTests
{
    private const string ConnectKey = "connect-key";

    [Fact]
    public async Task An_agent_registers_with_the_connect_key_and_can_sign_for_itself()
    {
        await using var tenant = await StartAsync();
        using var key = RSA.Create(2048);

        var wrong = await RegisterAsync(tenant, key, "wrong");
        var reply = await RegisterAsync(tenant, key, ConnectKey);

        Assert.Equal(401, wrong.Status);
        var id = reply.Json.GetProperty("systemId").GetString()!;
        var record = (await tenant.SignedAsync(key, id, "GET", $"/api/systems/{id}?binding=x")).Json;
        Assert.Equal(("C02X", "darwin", "15.1"), (record.GetProperty("serialNumber").GetString(), record.GetProperty("osFamily").GetString(), record.GetProperty("version").GetString()));
        Assert.Equal("external", record.GetProperty("mdm").GetProperty("vendor").GetString());
    }

    [Fact]
    public async Task An_agent_waits_for_accounts_and_gets_only_those_that_may_reach_it()
    {
        await using var tenant = await StartAsync();
        var system = tenant.Tenant.AddSystem(new TenantSystem()).Id;
        var anna = tenant.Tenant.AddUser(new TenantUser { Username = "anna", SystemUsername = "anna.b", Firstname = "Anna", Lastname = "Berg", State = "ACTIVATED" }, "Correct-horse-7");
        var staged = tenant.Tenant.AddUser(new TenantUser { Username = "bert" }, "Correct-horse-7");
        var first = (await UsersAsync(tenant, system, after: 0)).Json;
        Assert.Equal(0, first.GetProperty("users").GetArrayLength());

        var waiting = UsersAsync(tenant, system, first.GetProperty("version").GetInt64(), wait: 30);
        tenant.Tenant.Bind(system, staged.Id);
        var second = (await waiting).Json;
        Assert.Equal(0, second.GetProperty("users").GetArrayLength());
        waiting = UsersAsync(tenant, system, second.GetProperty("version").GetInt64(), wait: 30);
        tenant.Tenant.AddUser(new TenantUser { Username = "someone else" });
        tenant.Tenant.Bind(system, anna.Id, sudo: true);

        var third = (await waiting).Json;
        var account = Assert.Single(third.GetProperty("users").EnumerateArray());
        Assert.Equal(("anna.b", "Anna Berg", true), (account.GetProperty("username").GetString(), account.GetProperty("fullName").GetString(), account.GetProperty("admin").GetBoolean()));
        var password = account.GetProperty("password");
        Assert.Equal(password.GetProperty("hash").GetString(), Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2(
            "Correct-horse-7", password.GetProperty("salt").GetBytesFromBase64(), password.GetProperty("iterations").GetInt32(), HashAlgorithmName.SHA256, 32)));

        waiting = UsersAsync(tenant, system, third.GetProperty("version").GetInt64(), wait: 30);
        tenant.Tenant.Unbind(system, anna.Id);
        Assert.Equal(0, (await waiting).Json.GetProperty("users").GetArrayLength());
    }

    [Fact]
    public async Task A_wait_without_news_ends_with_the_same_version()
    {
        await using var tenant = await StartAsync();
        var system = tenant.Tenant.AddSystem(new TenantSystem()).Id;
        var version = (await UsersAsync(tenant, system, 0)).Json.GetProperty("version").GetInt64();

        var same = (await UsersAsync(tenant, system, version, wait: 0.05)).Json.GetProperty("version").GetInt64();

        Assert.Equal(version, same);
    }

    [Fact]
    public async Task Seed_metrics_state_passwords_faults_and_journal_are_there_for_another_process()
    {
        await using var tenant = await StartAsync();
        var ids = (await tenant.SendAsync("POST", "/sim/seed", """
            {"users":[{"username":"anna","email":"anna@example.com","account_locked":true,"password":"Correct-horse-7"}],
             "systems":[{"serialNumber":"C02X"}],"groups":[{"name":"Macs"}]}
            """)).Json;
        var (user, system) = (ids.GetProperty("users")[0].GetString()!, ids.GetProperty("systems")[0].GetString()!);

        Assert.Equal(204, (await tenant.SendAsync("POST", $"/sim/agent/{system}/metrics",
            """{"userMetrics":[{"userName":"anna","admin":false,"managed":true,"suspended":false,"secureTokenEnabled":true}]}""")).Status);
        Assert.Equal("""{"matches":true}""", (await tenant.SendAsync("POST", "/sim/check-password", $$"""{"userId":"{{user}}","password":"Correct-horse-7"}""")).Text);
        var state = await tenant.SendAsync("GET", "/sim/state");
        Assert.True(state.Json.GetProperty("users")[0].GetProperty("account_locked").GetBoolean());
        Assert.True(state.Json.GetProperty("systems")[0].GetProperty("userMetrics")[0].GetProperty("secureTokenEnabled").GetBoolean());
        Assert.DoesNotContain("hash", state.Text, StringComparison.OrdinalIgnoreCase);

        await tenant.SendAsync("POST", "/sim/faults", """[{"kind":"Html","path":"/api/*","status":502,"times":1}]""");
        Assert.Equal(502, (await tenant.SendAsync("GET", "/api/systemusers")).Status);
        await tenant.SendAsync("POST", "/sim/api-keys", $$"""{"revoke":["{{TenantClient.Key}}"]}""");
        Assert.Equal(401, (await tenant.SendAsync("GET", "/api/systemusers")).Status);
        Assert.Equal([502, 401], (await tenant.SendAsync("GET", "/sim/journal")).Json.EnumerateArray().Select(one => one.GetProperty("status").GetInt32()));
    }

    [Fact]
    public async Task The_agents_package_says_who_signed_it()
    {
        await using var tenant = await StartAsync();

        var package = (await tenant.SendAsync("GET", "/sim/jumpcloud-agent.pkg")).Json;

        Assert.Equal("com.jumpcloud.agent", package.GetProperty("package").GetString());
        Assert.Contains("N985MXSH85", package.GetProperty("signature").GetProperty("leaf").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_runs_as_a_process_until_stdin_closes()
    {
        using var process = Sandbox.Start("jumpcloud");
        await process.StandardInput.WriteLineAsync("""{"options":{"apiKeys":["jca_child"],"connectKey":"c"},"users":[{"username":"anna"}],"groups":[{"name":"Macs"}]}""");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var ready = JsonElement.Parse(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? "");

        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("x-api-key", "jca_child");
        var users = await http.GetStringAsync(new Uri(ready.GetProperty("baseUrl").GetString() + "api/systemusers"), TestContext.Current.CancellationToken);

        Assert.Equal("jumpcloud", ready.GetProperty("ready").GetString());
        Assert.Contains("anna", users, StringComparison.Ordinal);
        process.StandardInput.Close();
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    private static Task<TenantClient> StartAsync() => TenantClient.StartAsync(options => options.ConnectKey = ConnectKey);

    private static Task<Reply> RegisterAsync(TenantClient tenant, RSA key, string connectKey) => tenant.SendAsync("POST", "/sim/agent/register",
        JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["connectKey"] = connectKey,
            ["serialNumber"] = "C02X",
            ["hostname"] = "mac",
            ["osVersion"] = "15.1",
            ["publicKeyPem"] = key.ExportSubjectPublicKeyInfoPem(),
        }));

    private static Task<Reply> UsersAsync(TenantClient tenant, string system, long after, double wait = 0) =>
        tenant.SendAsync("GET", FormattableString.Invariant($"/sim/agent/{system}/users?after={after}&waitSeconds={wait}"));
}
