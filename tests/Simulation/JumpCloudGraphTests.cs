using System.Text.Json;
using Prestage.Simulators.JumpCloud;
using Xunit;

namespace Prestage.Tests.Simulation;

public sealed class JumpCloudGraphTests
{
    [Fact]
    public async Task A_binding_is_added_once_updated_read_and_removed()
    {
        await using var tenant = await TenantClient.StartAsync();
        var (user, system) = Pair(tenant);
        var path = $"/api/v2/systems/{system}/associations";

        Task<Reply> ChangeAsync(string op, bool sudo) => tenant.SendAsync("POST", path,
            $$"""{"op":"{{op}}","type":"user","id":"{{user}}","attributes":{"sudo":{"enabled":{{(sudo ? "true" : "false")}},"withoutPassword":false} } }""");
        async Task<bool> SudoAsync() => Assert.Single((await tenant.SendAsync("GET", path + "?targets=user")).Json.EnumerateArray())
            .GetProperty("attributes").GetProperty("sudo").GetProperty("enabled").GetBoolean();

        Assert.Equal(404, (await ChangeAsync("update", true)).Status);
        var added = await ChangeAsync("add", false);
        var again = await ChangeAsync("add", true);
        Assert.Equal((204, ""), (added.Status, added.Text));
        Assert.Equal((409, """{"message":"Already Exists"}"""), (again.Status, again.Text));
        Assert.False(await SudoAsync());

        Assert.Equal(204, (await ChangeAsync("update", true)).Status);
        Assert.True(await SudoAsync());
        Assert.Equal(409, (await tenant.SendAsync("POST", $"/api/v2/users/{user}/associations", $$"""{"op":"add","type":"system","id":"{{system}}"}""")).Status);

        Assert.Equal(204, (await ChangeAsync("remove", false)).Status);
        Assert.Equal(404, (await ChangeAsync("remove", false)).Status);
        tenant.JumpCloud.Options.RemoveMissingStatus = 204;
        Assert.Equal(204, (await ChangeAsync("remove", false)).Status);
        Assert.Equal("[]", (await tenant.SendAsync("GET", path + "?targets=user")).Text);
    }

    [Fact]
    public async Task A_binding_that_makes_no_sense_is_refused()
    {
        await using var tenant = await TenantClient.StartAsync();
        var (user, system) = Pair(tenant);
        const string Nobody = "640000000000000000000001";

        async Task<int> PostAsync(string systemId, string body) => (await tenant.SendAsync("POST", $"/api/v2/systems/{systemId}/associations", body)).Status;

        Assert.Equal(400, await PostAsync(system, """{"op":"add","type":"user","id":""}"""));
        Assert.Equal(400, await PostAsync(system, $$"""{"op":"add","type":"system","id":"{{user}}"}"""));
        Assert.Equal(400, await PostAsync(system, $$"""{"op":"put","type":"user","id":"{{user}}"}"""));
        Assert.Equal(400, await PostAsync(system, "{"));
        Assert.Equal(400, await PostAsync("1", $$"""{"op":"add","type":"user","id":"{{user}}"}"""));
        Assert.Equal(404, await PostAsync(system, $$"""{"op":"add","type":"user","id":"{{Nobody}}"}"""));
        Assert.Equal(404, await PostAsync(Nobody, $$"""{"op":"add","type":"user","id":"{{user}}"}"""));
        Assert.Equal(400, (await tenant.SendAsync("GET", $"/api/v2/systems/{system}/associations")).Status);
        Assert.Empty(tenant.Tenant.Now.Systems[system].Bindings);
    }

    [Fact]
    public async Task Bindings_through_groups_show_in_the_users_of_a_system_only()
    {
        await using var tenant = await TenantClient.StartAsync();
        var (user, system) = Pair(tenant);
        var group = tenant.Tenant.AddGroup(new TenantGroup("Enrollment")).Id;
        tenant.Tenant.BindToGroup(group, user, sudo: true);
        tenant.Tenant.AddMember(group, system);
        tenant.Tenant.Bind(system, user);

        var users = (await tenant.SendAsync("GET", $"/api/v2/systems/{system}/users")).Json;
        var memberOf = (await tenant.SendAsync("GET", $"/api/v2/systems/{system}/memberof")).Json;

        var found = Assert.Single(users.EnumerateArray());
        Assert.Equal(user, found.GetProperty("id").GetString());
        Assert.True(found.GetProperty("compiledAttributes").GetProperty("sudo").GetProperty("enabled").GetBoolean());
        Assert.Equal([1, 2], found.GetProperty("paths").EnumerateArray().Select(path => path.GetArrayLength()));
        Assert.Equal(group, Assert.Single(memberOf.EnumerateArray()).GetProperty("id").GetString());
        Assert.False((await tenant.SendAsync("GET", $"/api/v2/systems/{system}/associations?targets=user"))
            .Json[0].GetProperty("attributes").GetProperty("sudo").GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task Members_come_and_go_and_are_listed_in_pages_with_total_and_next()
    {
        await using var tenant = await TenantClient.StartAsync();
        var group = tenant.Tenant.AddGroup(new TenantGroup("Macs")).Id;
        var systems = Enumerable.Range(0, 12).Select(_ => tenant.Tenant.AddSystem(new TenantSystem()).Id).ToList();
        var path = $"/api/v2/systemgroups/{group}/members";
        foreach (var system in systems)
        {
            Assert.Equal(204, (await tenant.SendAsync("POST", path, Member("add", system))).Status);
        }

        var first = await tenant.SendAsync("GET", path);
        var link = Assert.Single(first.Headers.GetValues("Link"));
        var next = await tenant.SendAsync("GET", new Uri(link[1..link.IndexOf('>', StringComparison.Ordinal)]).PathAndQuery);
        var all = first.Json.EnumerateArray().Concat(next.Json.EnumerateArray()).Select(one => one.GetProperty("to").GetProperty("id").GetString()!);

        Assert.EndsWith("rel=\"next\"", link, StringComparison.Ordinal);
        Assert.Equal("12", Assert.Single(first.Headers.GetValues("x-total-count")));
        Assert.Equal(10, first.Json.GetArrayLength());
        Assert.False(next.Headers.Contains("Link"));
        Assert.Equal(systems.Order(StringComparer.Ordinal), all);
        Assert.Equal(400, (await tenant.SendAsync("GET", path + "?limit=101")).Status);
        Assert.Equal(12, (await tenant.SendAsync("GET", $"/api/v2/systemgroups/{group}/membership?limit=100")).Json.GetArrayLength());
        Assert.Equal(409, (await tenant.SendAsync("POST", path, Member("add", systems[0]))).Status);
        Assert.Equal(204, (await tenant.SendAsync("POST", path, Member("remove", systems[0]))).Status);
        Assert.Equal(404, (await tenant.SendAsync("POST", path, Member("remove", systems[0]))).Status);
        Assert.Equal(404, (await tenant.SendAsync("GET", "/api/v2/systemgroups/640000000000000000000001/members")).Status);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(400)]
    [InlineData(403)]
    public async Task A_dynamic_group_takes_nobody_by_hand_whatever_it_answers(int status)
    {
        await using var tenant = await TenantClient.StartAsync(options => options.DynamicGroupAddStatus = status);
        var group = tenant.Tenant.AddGroup(new TenantGroup("Rule", "DYNAMIC_AUTOMATED")).Id;
        var system = tenant.Tenant.AddSystem(new TenantSystem()).Id;

        Assert.Equal(status, (await tenant.SendAsync("POST", $"/api/v2/systemgroups/{group}/members", Member("add", system))).Status);
        Assert.Equal("[]", (await tenant.SendAsync("GET", $"/api/v2/systemgroups/{group}/members")).Text);
        Assert.Equal("DYNAMIC_AUTOMATED", (await tenant.SendAsync("GET", $"/api/v2/systemgroups/{group}")).Json.GetProperty("membershipMethod").GetString());
    }

    [Fact]
    public async Task A_delayed_read_shows_the_state_before_the_write_and_the_write_itself_is_not_fooled()
    {
        await using var tenant = await TenantClient.StartAsync();
        var (user, system) = Pair(tenant);
        tenant.JumpCloud.Options.ReadDelayMilliseconds = 600_000;
        var path = $"/api/v2/systems/{system}/associations";
        var add = $$"""{"op":"add","type":"user","id":"{{user}}"}""";

        Assert.Equal(204, (await tenant.SendAsync("POST", path, add)).Status);

        Assert.Equal("[]", (await tenant.SendAsync("GET", path + "?targets=user")).Text);
        Assert.Equal(409, (await tenant.SendAsync("POST", path, add)).Status);
    }

    [Fact]
    public async Task A_bound_account_becomes_managed_where_the_record_plays_the_agent()
    {
        await using var tenant = await TenantClient.StartAsync(options => options.TakeoverMilliseconds = 0);
        var (user, system) = Pair(tenant);
        async Task<JsonElement> MetricsAsync() => (await tenant.SendAsync("GET", $"/api/systems/{system}")).Json.GetProperty("userMetrics");
        Assert.Equal(0, (await MetricsAsync()).GetArrayLength());

        tenant.Tenant.Bind(system, user, sudo: true);

        var metric = Assert.Single((await MetricsAsync()).EnumerateArray());
        Assert.Equal("anna", metric.GetProperty("userName").GetString());
        Assert.True(metric.GetProperty("managed").GetBoolean());
        tenant.JumpCloud.Options.TakeoverMilliseconds = 600_000;
        Assert.Equal(0, (await MetricsAsync()).GetArrayLength());
    }

    private static (string User, string System) Pair(TenantClient tenant) =>
        (tenant.Tenant.AddUser(new TenantUser { Username = "anna" }).Id, tenant.Tenant.AddSystem(new TenantSystem()).Id);

    private static string Member(string op, string id) => $$"""{"op":"{{op}}","type":"system","id":"{{id}}"}""";
}
