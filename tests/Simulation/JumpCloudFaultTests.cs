using System.Globalization;
using System.Text.Json;
using Prestage.Simulators.JumpCloud;
using Xunit;

namespace Prestage.Tests.Simulation;

public sealed class JumpCloudFaultTests
{
    [Theory]
    [InlineData(nameof(FaultKind.Status), 429, """{"message":"Simulated fault"}""")]
    [InlineData(nameof(FaultKind.Html), 503, "<html>")]
    [InlineData(nameof(FaultKind.Unauthorized), 401, "api key user not found")]
    [InlineData(nameof(FaultKind.IpBlock), 403, "403 Forbidden")]
    [InlineData(nameof(FaultKind.Empty), 200, "")]
    public async Task A_fault_answers_instead_of_the_tenant(string kind, int status, string text)
    {
        await using var tenant = await TenantClient.StartAsync();
        var user = tenant.Tenant.AddUser(new TenantUser { Username = "anna" });
        tenant.JumpCloud.Faults.Add(new Fault { Kind = Enum.Parse<FaultKind>(kind), Method = "PUT", Path = "/api/systemusers/{id}", Status = status, Times = 1 });

        var struck = await RenameAsync(tenant, user);

        Assert.Equal(status, struck.Status);
        Assert.Contains(text, struck.Text, StringComparison.Ordinal);
        Assert.Equal("", tenant.Tenant.Now.Users[user.Id].User.Company);
        Assert.Equal(200, (await RenameAsync(tenant, user)).Status);
    }

    [Fact]
    public async Task A_busy_tenant_says_when_to_come_back_in_seconds_as_a_date_or_not_at_all()
    {
        await using var tenant = await TenantClient.StartAsync();
        tenant.JumpCloud.Faults.Add(
            new Fault { Kind = FaultKind.Status, Status = 429, Times = 1, RetryAfterSeconds = 7 },
            new Fault { Kind = FaultKind.Status, Status = 429, Times = 1, RetryAfterSeconds = 7, RetryAfterAsDate = true },
            new Fault { Kind = FaultKind.Status, Status = 429 });

        var replies = new[] { await ListAsync(tenant), await ListAsync(tenant), await ListAsync(tenant) };

        Assert.Equal(TimeSpan.FromSeconds(7), replies[0].Headers.RetryAfter?.Delta);
        Assert.NotNull(replies[1].Headers.RetryAfter?.Date);
        Assert.Null(replies[2].Headers.RetryAfter);
    }

    [Theory]
    [InlineData(nameof(FaultKind.Reset), false)]
    [InlineData(nameof(FaultKind.LostReply), true)]
    public async Task A_cut_connection_may_or_may_not_have_done_the_work(string kind, bool done)
    {
        await using var tenant = await TenantClient.StartAsync();
        var user = tenant.Tenant.AddUser(new TenantUser { Username = "anna" });
        tenant.JumpCloud.Faults.Add(new Fault { Kind = Enum.Parse<FaultKind>(kind), Times = 1 });

        await Assert.ThrowsAsync<HttpRequestException>(() => RenameAsync(tenant, user));

        Assert.Equal(done ? "Example" : "", tenant.Tenant.Now.Users[user.Id].User.Company);
        Assert.Equal(0, Assert.Single(tenant.JumpCloud.Journal.Requests).Status);
    }

    [Fact]
    public async Task A_truncated_answer_is_no_JSON_and_latency_comes_on_top_of_other_faults()
    {
        await using var tenant = await TenantClient.StartAsync();
        tenant.JumpCloud.Faults.Add(
            new Fault { Kind = FaultKind.Latency, DelayMilliseconds = 60 },
            new Fault { Kind = FaultKind.TruncatedJson, Times = 1 });

        var reply = await ListAsync(tenant);

        Assert.Equal(200, reply.Status);
        Assert.ThrowsAny<JsonException>(() => reply.Json);
        Assert.True(Assert.Single(tenant.JumpCloud.Journal.Requests).Milliseconds >= 50);
        tenant.JumpCloud.Faults.Clear();
        Assert.Equal(0, (await ListAsync(tenant)).Json.GetProperty("totalCount").GetInt32());
    }

    [Fact]
    public async Task The_journal_knows_every_request_and_sets_unknown_routes_apart()
    {
        await using var tenant = await TenantClient.StartAsync();
        await tenant.SendAsync("GET", "/api/systemusers?limit=1", prepare: headers => headers.Add("User-Agent", "Prestage/1.2.3"));
        await tenant.SendAsync("GET", "/api/runcommand");
        await tenant.SendAsync("POST", "/api/systems", "{}");

        var journal = tenant.JumpCloud.Journal;
        Assert.Equal(1, journal.Count("GET", "/api/systemusers"));
        Assert.Equal(("Prestage/1.2.3", "/api/systemusers?limit=1", 200), (journal.Requests[0].UserAgent, journal.Requests[0].PathAndQuery, journal.Requests[0].Status));
        Assert.Equal(["/api/runcommand", "/api/systems"], journal.UnknownRoutes.Select(request => request.PathAndQuery));
        Assert.All(journal.UnknownRoutes, request => Assert.Equal(404, request.Status));
        Assert.DoesNotContain(TenantClient.Key, string.Join('\n', journal.Requests.Select(request => request.ToString())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Concurrent_writers_lose_nothing()
    {
        await using var tenant = await TenantClient.StartAsync();
        var system = tenant.Tenant.AddSystem(new TenantSystem()).Id;
        var users = Enumerable.Range(0, 40).Select(i => tenant.Tenant.AddUser(new TenantUser { Username = i.ToString(CultureInfo.InvariantCulture) }).Id).ToList();

        // Everybody twice: exactly one of the two is new.
        var replies = await Task.WhenAll(users.Concat(users).Select(user =>
            tenant.SendAsync("POST", $"/api/v2/systems/{system}/associations", $$"""{"op":"add","type":"user","id":"{{user}}"}""")));

        Assert.Equal((40, 40), (replies.Count(reply => reply.Status == 204), replies.Count(reply => reply.Status == 409)));
        Assert.Equal(40, tenant.Tenant.Now.Systems[system].Bindings.Count);
    }

    private static Task<Reply> RenameAsync(TenantClient tenant, TenantUser user) =>
        tenant.SendAsync("PUT", $"/api/systemusers/{user.Id}", """{"company":"Example"}""");

    private static Task<Reply> ListAsync(TenantClient tenant) => tenant.SendAsync("GET", "/api/systemusers");
}
