using System.Text.RegularExpressions;
using Prestage.Functions.Enrollments;
using Prestage.Simulators;
using Prestage.Tests.Activate;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Report;

public sealed partial class ReportTests
{
    [Fact]
    public async Task A_report_with_a_token_is_an_event_of_the_enrollment()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());

        (await mac.WithTokenAsync("/api/report", new { level = "warning", step = "agent", code = "agent-slow", message = "The agent took long." })).IsOk(204);

        var events = await backend.EventsAsync("Enrollments");
        Assert.Contains(events, row => row.GetString("Code") == "agent-slow" && row.GetString("Step") == "agent" && row.GetString("Level") == "warning");
        Assert.Equal("verified", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task A_report_with_a_proof_is_an_event_of_the_Mac()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);

        (await mac.WithProofAsync("/api/report", new { nonce = WireMac.Nonce(), level = "error", step = "identify", code = "not-verified", message = "No." })).IsOk(204);

        var row = Assert.Single(await backend.EventsAsync("Devices"));
        Assert.Equal((mac.SystemId, "not-verified"), (row.PartitionKey, row.GetString("Code")));
    }

    [Fact]
    public async Task Reports_at_the_same_time_are_all_kept()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
            (await mac.WithTokenAsync("/api/report", new { level = "info", step = "agent", code = $"code-{i}", message = "x" })).IsOk(204)));

        Assert.Equal(9, (await backend.EventsAsync("Enrollments")).Count);
    }

    [Theory]
    [InlineData("level", "loud")]
    [InlineData("step", "A Step")]
    [InlineData("code", "")]
    [InlineData("code", "completed")]
    [InlineData("code", "released")]
    [InlineData("code", "password-set")]
    [InlineData("message", "")]
    public async Task A_wrong_field_is_named(string field, string value)
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        var report = new Dictionary<string, string> { ["level"] = "info", ["step"] = "agent", ["code"] = "x", ["message"] = "x", [field] = value };

        Assert.Equal(field, (await mac.WithTokenAsync("/api/report", report)).IsProblem(400, "invalid-request").Text("field"));
    }
    [Fact]
    public void Every_event_that_the_service_writes_is_one_that_no_Mac_may_report()
    {
        var written = Directory.EnumerateFiles(Path.Combine(Repository.Root, "functions"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => EventCode().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.True(written.Count > 15, $"Only {written.Count} were found.");
        Assert.Empty(written.Except(EventCodes.OfService));
    }

    [Fact]
    public void Nothing_that_a_Mac_says_is_among_them() => Assert.Empty(
        Cause().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "support-codes.md"))).Select(match => match.Groups[1].Value)
            .Intersect(EventCodes.OfService));

    // An event's second argument is who did it, its third the code; an operator's event has the code second.
    [GeneratedRegex("(?:(?:now|GetUtcNow\\(\\)), (?:\"mac\"|\"backend\"), |\\.Did\\([^,]+, )\"([a-z-]+)\"")]
    private static partial Regex EventCode();

    [GeneratedRegex("^\\| `([a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex Cause();
}
