using System.Text.Json.Nodes;
using Prestage.Tests.Support;
using Xunit;
using static Prestage.EnrollmentState;

namespace Prestage.Tests.Portal;

/// <summary>GET /api/portal/summary: how enrollments go.</summary>
public sealed class SummaryTests
{
    [Fact]
    public async Task Each_day_tells_what_became_of_the_enrollments_that_began_on_it()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var today = new DateTimeOffset(backend.Clock.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        await backend.StoreAsync(
        [
            StoredEnrollments.Row(today, Verified, 1),
            StoredEnrollments.Row(today.AddDays(-1), Completed, 2) with { Warnings = ["b", "a"] },
            StoredEnrollments.Row(today.AddDays(-1).AddHours(5), Failed, 3) with { Cause = "group-missing", Warnings = ["b"] },
            StoredEnrollments.Row(today.AddDays(-2), Completed, 4) with { StateAt = today.AddDays(-2).AddSeconds(300) },
            StoredEnrollments.Row(today.AddDays(-3), Completed, 5),
        ]);

        var summary = (await new PortalClient(backend).GetAsync("summary?days=3")).IsOk().Json;

        Assert.Equal(today.AddDays(-2), (DateTimeOffset)summary["from"]!);
        Assert.Equal(4, (int)summary["enrollments"]!);
        Assert.Equal("""{"completed":2,"failed":1,"verified":1}""", summary["states"]!.ToJsonString());
        Assert.Equal((90, 300), ((double)summary["medianSeconds"]!, (double)summary["p90Seconds"]!));
        Assert.Equal(
            [(today.AddDays(-2), 1, 1, 0), (today.AddDays(-1), 2, 1, 1), (today, 1, 0, 0)],
            summary["days"]!.AsArray().Select(day => ((DateTimeOffset)Day(day!), (int)day!["started"]!, (int)day["completed"]!, (int)day["failed"]!)));
        Assert.Equal("""[{"code":"b","count":2},{"code":"a","count":1}]""", summary["warnings"]!.ToJsonString());
        Assert.Equal("""[{"code":"group-missing","count":1}]""", summary["causes"]!.ToJsonString());
    }

    [Fact]
    public async Task A_row_that_nobody_can_read_is_counted_and_spoils_no_number()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        await backend.StoreAsync([StoredEnrollments.Row(backend.Clock.GetUtcNow(), Completed, 1)]);
        await backend.SpoilAsync();

        var summary = (await new PortalClient(backend).GetAsync("summary")).IsOk().Json;

        Assert.Equal((2, 2), ((int)summary["enrollments"]!, summary["days"]!.AsArray().Sum(day => (int)day!["started"]!)));
        Assert.Equal(90, (double)summary["medianSeconds"]!);
    }

    [Fact]
    public async Task Without_enrollments_every_day_is_nought()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());

        var summary = (await new PortalClient(backend).GetAsync("summary")).IsOk().Json;

        Assert.Equal((0, 30), ((int)summary["enrollments"]!, summary["days"]!.AsArray().Count));
        Assert.Null(summary["medianSeconds"]);
    }

    [Theory]
    [InlineData("days=0", "days")]
    [InlineData("days=93", "days")]
    [InlineData("days=x", "days")]
    [InlineData("day=1", "day")]
    public async Task A_wrong_parameter_is_named(string query, string field)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        Assert.Equal(field, (await new PortalClient(backend).GetAsync($"summary?{query}")).IsProblem(400, "invalid-request").Text("field"));
    }

    private static DateTimeOffset Day(JsonNode day) => new(DateTime.ParseExact((string)day["day"]!, "yyyy-MM-dd", null), TimeSpan.Zero);
}
