using Prestage.Tests.Activate;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Enrollments;

/// <summary>Reports and new tokens change an enrollment's row at any time; no move may take that for another move.</summary>
public sealed class RaceTests
{
    [Fact]
    public async Task Reports_beside_each_call_change_nothing_of_its_outcome()
    {
        for (var run = 0; run < 4; run++)
        {
            await using var backend = await Backend.StartAsync();
            var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
            await BesideReportsAsync(mac, async () => Assert.Equal("activated", (await mac.ActivateAsync(People.Password)).IsOk().Text("state")));
            await BesideReportsAsync(mac, async () => Assert.Equal("associated", (await mac.AssociateAsync()).IsOk().Text("state")));
            backend.ShowManaged(mac, "anna");
            await BesideReportsAsync(mac, async () => (await mac.CompleteAsync()).IsOk(202));
            await mac.UntilAsync("completed");
            mac.Dispose();
        }
    }

    [Fact]
    public async Task Reports_beside_the_finishing_delivery_do_not_lose_its_end()
    {
        for (var run = 0; run < 4; run++)
        {
            await using var backend = await Backend.StartAsync(byHand: true);
            using var mac = await CompleteTests.AssociatedAsync(backend);
            backend.ShowManaged(mac, "anna");
            (await mac.CompleteAsync()).IsOk(202);
            var message = (await backend.TakeMessageAsync())!;

            var finishing = backend.FinishAsync(message, 1);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            {
                // Behind the end there is nothing to report to.
                var reply = await ReportAsync(mac);
                Assert.True((int)reply.Status == 204 || reply.Code == "wrong-state", $"{(int)reply.Status} {reply.Body}");
            }));

            Assert.True(await finishing);
            Assert.Equal("completed", (await mac.EnrollmentAsync()).Text("state"));
        }
    }

    [Fact]
    public async Task Reports_and_tokens_do_not_keep_a_stalled_finishing_from_being_put_again()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        (await mac.CompleteAsync()).IsOk(202);
        await backend.TakeMessageAsync();
        backend.Clock.Advance(TimeSpan.FromMinutes(9));
        (await ReportAsync(mac)).IsOk(204);
        backend.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.True(await backend.ReconcileAsync());

        Assert.NotNull(await backend.TakeMessageAsync());
    }

    private static async Task BesideReportsAsync(WireMac mac, Func<Task> call) =>
        await Task.WhenAll([call(), .. Enumerable.Range(0, 4).Select(async _ => (await ReportAsync(mac)).IsOk(204))]);

    private static Task<Reply> ReportAsync(WireMac mac) =>
        mac.WithTokenAsync("/api/report", new { level = "info", step = "agent", code = "waiting", message = "x" });
}
