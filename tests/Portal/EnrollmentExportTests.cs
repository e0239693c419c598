using System.Net;
using Azure.Data.Tables;
using Prestage.Tests.Support;
using Prestage.Wire;
using Xunit;
using static Prestage.EnrollmentState;

namespace Prestage.Tests.Portal;

/// <summary>GET /api/portal/enrollments.csv, for spreadsheets.</summary>
public sealed class EnrollmentExportTests
{
    private static readonly DateTimeOffset Now = new(2031, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_file_has_a_header_and_a_line_for_each_enrollment_newest_first()
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        var row = StoredEnrollments.Row(Now, number: 1) with { Warnings = ["secure-token-missing", "admin-not-set"], Bound = true, OsVersion = "15.1" };
        await backend.StoreAsync([row, StoredEnrollments.Row(Now.AddDays(-40), Failed, 2) with { Cause = "group-missing" }]);

        var file = await new PortalClient(backend).GetAsync("enrollments.csv");

        Assert.Equal(HttpStatusCode.OK, file.Status);
        var lines = file.Body.Split("\r\n");
        Assert.StartsWith("enrollmentId,state,createdAt,", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            $"{row.Id},completed,2031-11-20T12:00:00Z,2031-11-20T12:01:30Z,,000000000000000000000001,C02000001,bbbbbbbbbbbbbbbbbbbbbbbb,user1,User Number 1,false,true,false,false,secure-token-missing admin-not-set,,15.1,",
            lines[1]);
        Assert.Contains(",failed,", lines[2], StringComparison.Ordinal);
        Assert.Contains(",group-missing,", lines[2], StringComparison.Ordinal);
        Assert.Equal([string.Empty], lines[3..]);
    }

    [Fact]
    public async Task An_enrollment_that_nobody_can_read_has_its_line_too()
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        await backend.StoreAsync([StoredEnrollments.Row(Now, number: 1)]);
        await backend.SpoilAsync();

        var lines = (await new PortalClient(backend).GetAsync("enrollments.csv?pageSize=")).Body.Split("\r\n");

        Assert.Contains(",completed,", lines[1], StringComparison.Ordinal);
        Assert.Matches("^203111-[0-9a-f]{16}-[a-z2-7]{16},unreadable,+$", lines[2]);
        Assert.Equal(lines[0].Split(',').Length, lines[2].Split(',').Length);
    }

    [Theory]
    [InlineData("2,=HYPERLINK(\"x\"),\"", "\"203111-2,=HYPERLINK(\"\"x\"\"),\"\"\",unreadable,")]
    [InlineData("2;=1+1", "203111-2;'=1+1,unreadable,")]
    public async Task An_id_that_nobody_can_read_stays_in_its_cell_and_is_no_formula(string key, string line)
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        await backend.Tables.GetTableClient("Enrollments").AddEntityAsync(new TableEntity("203111", $"s|{key}"), TestContext.Current.CancellationToken);

        var lines = (await new PortalClient(backend).GetAsync("enrollments.csv")).Body.Split("\r\n");

        Assert.StartsWith(line, lines[1], StringComparison.Ordinal);
        Assert.Equal([string.Empty], lines[2..]);
    }

    [Fact]
    public async Task A_spreadsheet_is_told_the_encoding_and_a_browser_the_file_s_name()
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        using var http = new HttpClient { DefaultRequestHeaders = { { PortalClient.KeyHeader.Item1, PortalClient.KeyHeader.Item2 } } };

        using var answer = await http.GetAsync(new Uri(backend.Url, "/api/portal/enrollments.csv"), TestContext.Current.CancellationToken);

        Assert.Equal([0xEF, 0xBB, 0xBF, (byte)'e'], (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken))[..4]);
        Assert.Equal("text/csv; charset=utf-8; header=present", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("prestage-enrollments-20311120.csv", answer.Content.Headers.ContentDisposition!.FileName);
    }

    [Theory]
    [InlineData("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1")]
    [InlineData("+1", "'+1")]
    [InlineData("-Anna", "'-Anna")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("Berg, Anna", "\"Berg, Anna\"")]
    [InlineData("Anna \"A\" Berg", "\"Anna \"\"A\"\" Berg\"")]
    [InlineData("x;=cmd|'/c calc'!A1;y", "x;'=cmd|'/c calc'!A1;y")]
    [InlineData("Anna-Maria = Berg", "Anna-Maria = Berg")]
    [InlineData("=1,2", "\"'=1,2\"")]
    public async Task A_name_is_no_formula_and_stays_in_its_cell(string name, string cell)
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        await backend.StoreAsync([StoredEnrollments.Row(Now) with { Account = new Account("anna", name, Admin: false) }]);

        Assert.Contains($",anna,{cell},false,", (await new PortalClient(backend).GetAsync("enrollments.csv")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_takes_ten_thousand_and_a_link_leads_to_the_rest()
    {
        await using var backend = await StoredEnrollments.BackendAsync(Now);
        await backend.StoreAsync(Enumerable.Range(0, 10_007).Select(i => StoredEnrollments.Row(Now.AddMinutes(-i), i < 10_003 ? Completed : Failed, i)));
        var portal = new PortalClient(backend);

        var first = await portal.GetAsync("enrollments.csv?from=2031-01-01");
        Assert.Equal(10_002, first.Body.Split("\r\n").Length);
        Assert.InRange(await backend.TableOperationsAsync("/api/portal/enrollments.csv"), 10, 12);
        var next = first.Headers["Link"];
        Assert.EndsWith(">; rel=\"next\"", next, StringComparison.Ordinal);

        var second = await portal.GetAsync(next.Split('<', '>')[1]);
        Assert.Equal(7 + 2, second.Body.Split("\r\n").Length);
        Assert.DoesNotContain("Link", second.Headers.Keys);
        Assert.Equal(4 + 2, (await portal.GetAsync("enrollments.csv?state=failed")).Body.Split("\r\n").Length);
    }
}
