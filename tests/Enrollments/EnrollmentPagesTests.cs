using System.Net;
using Prestage.Functions.Enrollments;
using Prestage.Tests.Support;
using Xunit;
using static Prestage.Tests.Support.StubHandler;

namespace Prestage.Tests.Enrollments;

/// <summary>Reading all enrollments where the service answers as the emulator never does: empty pages that are not the last.</summary>
public sealed class EnrollmentPagesTests
{
    private const string Nothing = """{"value":[]}""";
    private static readonly EnrollmentBudget Three = new(3, TimeSpan.FromMinutes(1));
    private static readonly EnrollmentFilter November = EnrollmentFilter.All with { To = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_page_with_a_continuation_is_gone_on_from_and_costs_its_request()
    {
        using var stub = new StubHandler([.. Enumerable.Range(1, 3).Select(i => Answer(HttpStatusCode.OK, Nothing, headers: Token($"t{i}")))]);

        var pages = await ReadAsync(stub, November with { States = [EnrollmentState.Failed] }, Three);

        Assert.Equal(["t1 ", "t2 ", "t3 "], pages.Select(page => page.Next!.Token));
        Assert.Contains("NextPartitionKey=t2", stub.Requests.Last().RequestUri!.Query, StringComparison.Ordinal);
        Assert.Equal(pages[^1].Next, EnrollmentPosition.Parse(pages[^1].Next!.ToString()));
    }

    [Fact]
    public async Task Only_an_empty_table_has_no_older_month()
    {
        using var unknown = new StubHandler(Answer(HttpStatusCode.OK, Nothing), Answer(HttpStatusCode.OK, Nothing, headers: Token("t")), Answer(HttpStatusCode.OK, Nothing));
        using var empty = new StubHandler(Answer(HttpStatusCode.OK, Nothing), Answer(HttpStatusCode.OK, Nothing));

        Assert.Equal(["202610", "202609"], (await ReadAsync(unknown, November, Three)).Select(page => page.Next!.Month));
        Assert.Null(Assert.Single(await ReadAsync(empty, November, Three)).Next);
    }

    [Fact]
    public async Task The_time_ends_a_reading_behind_the_page_in_which_it_is_up()
    {
        var clock = new Stopwatch();
        using var stub = new StubHandler(request =>
        {
            clock.Seconds += 21;
            return Answer(HttpStatusCode.OK, Nothing, headers: Token("t"))(request);
        });

        var pages = await new EnrollmentPages(StubTable.Create(stub), clock)
            .ReadAsync(November, null, 10, new(30, TimeSpan.FromSeconds(20)), null, Cancel).ToListAsync(Cancel);

        Assert.Equal("t ", Assert.Single(pages).Next!.Token);
    }

    [Fact]
    public async Task How_far_the_table_goes_back_is_looked_up_again_after_ten_minutes()
    {
        static Func<HttpRequestMessage, HttpResponseMessage> Oldest(string month) =>
            Answer(HttpStatusCode.OK, $$"""{"value":[{"PartitionKey":"{{month}}","RowKey":"s|x"}]}""");
        var clock = new Stopwatch();
        using var stub = new StubHandler(
            Answer(HttpStatusCode.OK, Nothing), Oldest("202611"), Answer(HttpStatusCode.OK, Nothing), Answer(HttpStatusCode.OK, Nothing), Oldest("202610"),
            Answer(HttpStatusCode.OK, Nothing));
        var pages = new EnrollmentPages(StubTable.Create(stub), clock);

        List<int> read = [];
        foreach (var seconds in new[] { 1, 599, 601 })
        {
            clock.Seconds = seconds;
            read.Add(await pages.ReadAsync(November, null, 10, Three, null, Cancel).CountAsync(Cancel));
        }

        Assert.Equal([1, 1, 2], read);
    }

    private static async Task<List<EnrollmentRowPage>> ReadAsync(StubHandler stub, EnrollmentFilter filter, EnrollmentBudget budget) =>
        await new EnrollmentPages(StubTable.Create(stub), TimeProvider.System).ReadAsync(filter, null, 10, budget, null, Cancel).ToListAsync(Cancel);

    private sealed class Stopwatch : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    private static (string, string)[] Token(string token) => [("x-ms-continuation-NextPartitionKey", token)];
}
