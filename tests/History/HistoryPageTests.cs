using Prestage.Functions.Enrollments;
using Prestage.Functions.History;
using Prestage.Tests.Activate;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.History;

/// <summary>A history as operators read it: in pages, and with an end.</summary>
public sealed class HistoryPageTests
{
    private static readonly object Note = new { level = "info", step = "s", code = "note", message = "m" };

    [Fact]
    public async Task A_history_is_read_in_pages_and_each_page_tells_whether_the_whole_of_it_is_intact()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        for (var i = 0; i < 24; i++)
        {
            (await mac.WithTokenAsync("/api/report", Note)).IsOk(204);
        }

        var (id, portal) = (mac.Token!.Split('.')[0], new PortalClient(backend));
        var whole = Codes((await portal.GetAsync($"enrollments/{id}")).IsOk());
        Assert.Equal(25, whole.Count);
        Assert.Equal([(10, "10"), (10, "20"), (5, null)], await PagesAsync("intact"));

        await StoredHistory.ChangeRowAsync(backend, EnrollmentId.Parse(id), "e|", 24, row => row["Code"] = "other");

        Assert.Equal([(10, "10"), (10, "20"), (5, null)], await PagesAsync("broken at 24"));
        Assert.Equal(
            "continuation", (await portal.GetAsync($"enrollments/{id}?continuation=x")).IsProblem(400, "invalid-request").Text("field"));
        Assert.Equal("pageSize", (await portal.GetAsync($"enrollments/{id}?pageSize=1001")).IsProblem(400, "invalid-request").Text("field"));

        async Task<List<(int, string?)>> PagesAsync(string chain)
        {
            List<(int, string?)> pages = [];
            List<string> read = [];
            string? next = null;
            do
            {
                var page = (await portal.GetAsync($"enrollments/{id}?pageSize=10{(next is null ? "" : $"&continuation={next}")}")).IsOk();
                Assert.Equal(chain, page.Text("chain"));
                read.AddRange(Codes(page));
                next = page.Text("continuation");
                pages.Add((Codes(page).Count, next));
            }
            while (next is not null);
            Assert.Equal(whole[..24], read[..24]);
            return pages;
        }
    }

    [Fact]
    public async Task An_enrollment_that_its_Mac_has_filled_keeps_no_more_of_it_and_can_still_be_ended()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        var id = mac.Token!.Split('.')[0];
        await StoredHistory.ChangeRowAsync(
            backend, EnrollmentId.Parse(id), "s|", null, row => row[EnrollmentChain.Events] = EnrollmentRow.MostEvents);

        (await mac.WithTokenAsync("/api/report", Note)).IsOk(204);
        (await mac.RenewTokenAsync()).IsProblem(409, "wrong-state");
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(409, "wrong-state");
        Assert.Single(await backend.EventsAsync("Enrollments"));

        (await new PortalClient(backend).PostAsync($"devices/{mac.SystemId}/release")).IsOk();
        Assert.Equal("cancelled", (await mac.EnrollmentAsync()).Text("state"));
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    private static List<string> Codes(Reply page) => [.. page.Json["events"]!.AsArray().Select(line => (string)line!["code"]!)];
}
