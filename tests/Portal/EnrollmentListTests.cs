using System.Text;
using System.Text.Json.Nodes;
using Prestage.Functions.Enrollments;
using Prestage.Tests.Support;
using Xunit;
using static Prestage.EnrollmentState;

namespace Prestage.Tests.Portal;

/// <summary>GET /api/portal/enrollments: what an operator finds, in which order, and what that costs.</summary>
public sealed class EnrollmentListTests
{
    private const string Path = "/api/portal/enrollments";
    private static readonly DateTimeOffset Now = new(2031, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_enrollment_that_has_just_begun_is_the_first_one()
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        await backend.StoreAsync([StoredEnrollments.Row(backend.Clock.GetUtcNow().AddMinutes(-1), number: 1)]);
        var person = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(person.Email, person.EmployeeIdentifier)).IsOk();

        var (lines, continuation) = Read(await new PortalClient(backend).GetAsync("enrollments"));

        Assert.Equal(["verified", "completed"], lines.Select(line => (string?)line["state"]));
        Assert.Equal((mac.SystemId, mac.SerialNumber, person.Id), ((string?)lines[0]["systemId"], (string?)lines[0]["serialNumber"], (string?)lines[0]["userId"]));
        Assert.Null(lines[0]["tokenHash"]);
        Assert.Null(continuation);
    }

    [Fact]
    public async Task Pages_lead_through_all_months_to_the_oldest_and_each_enrollment_is_on_one_of_them()
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        var rows = Enumerable.Range(0, 47).Select(i => StoredEnrollments.Row(Now.AddDays(-3 * i), number: i)).ToList();
        await backend.StoreAsync(rows);

        var found = await AllAsync(backend, "pageSize=10");

        Assert.Equal(rows.Select(row => row.Id.ToString()), found);
    }

    [Fact]
    public async Task A_page_costs_itself_and_not_the_history()
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        var start = new DateTimeOffset(Now.Year, Now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        await backend.StoreAsync(Enumerable.Range(1, 2500).Select(i => StoredEnrollments.Row(start.AddSeconds(-i), number: i)));
        await backend.StoreAsync(Enumerable.Range(0, 60).Select(i => StoredEnrollments.Row(start.AddTicks(i), number: i)));

        var (first, continuation) = Read(await new PortalClient(backend).GetAsync("enrollments"));
        Assert.Equal((50, 1), (first.Count, await backend.TableOperationsAsync(Path)));

        backend.Log.Clear();
        var (second, _) = Read(await new PortalClient(backend).GetAsync($"enrollments?continuation={continuation}"));
        Assert.Equal((50, 3), (second.Count, await backend.TableOperationsAsync(Path)));
        Assert.Equal("C02000001", (string?)second[10]["serialNumber"]);
    }

    [Fact]
    public async Task A_search_reads_three_pages_of_the_storage_and_then_offers_to_go_on()
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        await backend.StoreAsync(Enumerable.Range(1, 3500).Select(i => StoredEnrollments.Row(Now.AddMinutes(-i), number: i)));

        var (none, continuation) = Read(await new PortalClient(backend).GetAsync($"enrollments?to=2031-11-21&search=c02003400"));
        Assert.Empty(none);
        Assert.NotNull(continuation);
        Assert.Equal(3, await backend.TableOperationsAsync(Path));

        var (found, end) = Read(await new PortalClient(backend).GetAsync($"enrollments?to=2031-11-21&search=c02003400&continuation={continuation}"));
        Assert.Equal("user3400", (string?)Assert.Single(found)["account"]!["username"]);
        Assert.Null(end);
    }

    [Theory]
    [InlineData("c02000007")]
    [InlineData("USER7")]
    [InlineData("number 7")]
    [InlineData("000000000000000000000007")]
    public async Task A_Mac_or_person_is_found_by_a_part_of_any_name(string search)
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        await backend.StoreAsync(Enumerable.Range(1, 9).Select(i => StoredEnrollments.Row(Now.AddHours(-i), number: i)));

        var (found, _) = Read(await new PortalClient(backend).GetAsync($"enrollments?search={Uri.EscapeDataString(search)}"));

        Assert.Equal("user7", (string?)Assert.Single(found)["account"]!["username"]);
    }

    [Fact]
    public async Task A_state_or_all_open_ones_are_sorted_out_by_the_storage()
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        EnrollmentState[] states = [Completed, Failed, Verified, Expired, Finishing, Cancelled];
        await backend.StoreAsync(states.Select((state, i) => StoredEnrollments.Row(Now.AddHours(-i), state, i)));
        await backend.StoreAsync(Enumerable.Range(1, 1200).Select(i => StoredEnrollments.Row(Now.AddMinutes(i), number: 100 + i)));

        Assert.Equal(["failed"], await StatesAsync(backend, "state=failed"));
        Assert.InRange(await backend.TableOperationsAsync(Path), 1, 3);
        Assert.Equal(["verified", "finishing"], await StatesAsync(backend, "state=open"));
    }

    [Fact]
    public async Task From_is_the_first_moment_and_to_the_first_one_after()
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        var day = new DateTimeOffset(2031, 11, 5, 0, 0, 0, TimeSpan.Zero);
        EnrollmentRow[] rows =
        [
            StoredEnrollments.Row(day.AddDays(1), number: 1), StoredEnrollments.Row(day.AddDays(1).AddTicks(-1), number: 2),
            StoredEnrollments.Row(day, number: 3), StoredEnrollments.Row(day.AddTicks(-1), number: 4), StoredEnrollments.Row(day.AddMonths(-3), number: 5),
        ];
        await backend.StoreAsync(rows);

        Assert.Equal([rows[1].Id.ToString(), rows[2].Id.ToString()], await AllAsync(backend, "from=2031-11-05&to=2031-11-06"));
        Assert.Equal([rows[2].Id.ToString()], await AllAsync(backend, "from=2031-11-05T00:00:00Z&to=2031-11-05T01:00:00.0000001%2B01:00&pageSize=1"));
        Assert.Equal([rows[4].Id.ToString()], await AllAsync(backend, "to=2031-09-01"));
        Assert.Empty(await AllAsync(backend, "from=2032-01-01"));
    }

    [Fact]
    public async Task Before_the_first_Mac_came_the_list_is_empty_and_has_an_end()
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);

        var (lines, continuation) = Read(await new PortalClient(backend).GetAsync("enrollments"));

        Assert.Empty(lines);
        Assert.Null(continuation);
        Assert.Equal(2, await backend.TableOperationsAsync(Path));
    }

    [Fact]
    public async Task A_row_that_nobody_can_read_is_named_and_hides_no_other()
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        var good = StoredEnrollments.Row(backend.Clock.GetUtcNow());
        await backend.StoreAsync([good]);
        await backend.SpoilAsync();

        var reply = (await new PortalClient(backend).GetAsync("enrollments")).IsOk();

        Assert.Equal(good.Id.ToString(), (string?)Assert.Single(Read(reply).Lines)["enrollmentId"]);
        Assert.StartsWith($"{good.Id.Month}-", (string?)Assert.Single(reply.Json["unreadable"]!.AsArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state=done", "state")]
    [InlineData("state=open&state=failed", "state")]
    [InlineData("stat=failed", "stat")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=0001-01-01", "from")]
    [InlineData("to=2031-13-01", "to")]
    [InlineData("from=2031-11-02&to=2031-11-02", "to")]
    [InlineData("pageSize=0", "pageSize")]
    [InlineData("pageSize=1001", "pageSize")]
    [InlineData("pageSize=ten", "pageSize")]
    [InlineData("continuation=nothing", "continuation")]
    [InlineData("search=%07", "search")]
    public async Task A_wrong_parameter_is_named(string query, string field)
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);

        foreach (var route in new[] { "enrollments", "enrollments.csv" })
        {
            Assert.Equal(field, (await new PortalClient(backend).GetAsync($"{route}?{query}")).IsProblem(400, "invalid-request").Text("field"));
        }
    }

    [Theory]
    [InlineData("203111\ns|0000000000000000-aaaaaaaaaaaaaaab\n")]
    [InlineData("203111\n\n1!8!forged&1!8!forged")]
    [InlineData("203111\n\n")]
    [InlineData("000101\n\n")]
    public async Task A_continuation_of_somebody_s_own_making_breaks_nothing(string text)
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        await backend.StoreAsync([StoredEnrollments.Row(Now)]);
        var continuation = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

        var reply = await new PortalClient(backend).GetAsync($"enrollments?continuation={continuation}");

        Assert.Contains((int)reply.Status, new[] { 200, 400 });
        Assert.DoesNotContain(backend.Log.Lines, line => line.Contains(": failed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("203111\nRowKey\n")]
    [InlineData("203111\ne|0000000000000000-aaaaaaaaaaaaaaab\n")]
    [InlineData("2031xx\n\n")]
    [InlineData("203111")]
    public void No_other_text_is_a_position(string text) =>
        Assert.Null(EnrollmentPosition.Parse(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=')));

    private static (List<JsonNode> Lines, string? Continuation) Read(Reply reply)
    {
        var list = reply.IsOk().Json;
        return ([.. list["enrollments"]!.AsArray().Select(line => line!)], (string?)list["continuation"]);
    }

    private static async Task<List<string?>> AllAsync(Backend backend, string query)
    {
        List<string?> found = [];
        string? continuation = null;
        do
        {
            var (lines, next) = Read(await new PortalClient(backend).GetAsync($"enrollments?{query}{(continuation is null ? null : $"&continuation={continuation}")}"));
            found.AddRange(lines.Select(line => (string?)line["enrollmentId"]));
            continuation = next;
        }
        while (continuation is not null);
        return found;
    }

    private static async Task<List<string?>> StatesAsync(Backend backend, string query) =>
        [.. Read(await new PortalClient(backend).GetAsync($"enrollments?{query}")).Lines.Select(line => (string?)line["state"])];
}
