using Prestage.Tests.Activate;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Reconcile;

public sealed class ReconcileTests
{
    [Fact]
    public async Task What_nobody_continues_expires_after_a_day_and_the_Mac_may_start_again()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        var first = mac.Token!;
        backend.Clock.Advance(TimeSpan.FromHours(23));
        await RunAsync(backend);
        (await mac.RenewTokenAsync()).IsOk();

        backend.Clock.Advance(TimeSpan.FromHours(25));
        await RunAsync(backend);

        (await mac.RenewTokenAsync()).IsProblem(404, "not-found");
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        Assert.NotEqual(first.Split('.')[0], mac.Token!.Split('.')[0]);
    }

    [Fact]
    public async Task A_finishing_whose_message_was_lost_is_put_into_the_queue_again_under_a_new_number()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        var lost = (await backend.TakeMessageAsync())!;
        await RunAsync(backend);
        Assert.Null(await backend.TakeMessageAsync());

        backend.Clock.Advance(TimeSpan.FromMinutes(10));
        await RunAsync(backend);

        var again = (await backend.TakeMessageAsync())!;
        Assert.NotEqual(lost, again);
        var late = await backend.FinishAsync(lost, 1);
        Assert.Equal("finishing", (await mac.EnrollmentAsync()).Text("state"));
        var done = await backend.FinishAsync(again, 1);
        Assert.Equal("completed", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task A_bound_Mac_that_does_not_finish_is_warned_of_after_a_week_and_never_expires()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);

        backend.Clock.Advance(TimeSpan.FromDays(8));
        await RunAsync(backend);
        await RunAsync(backend);

        (await mac.RenewTokenAsync()).IsOk();
        var reply = await mac.EnrollmentAsync();
        Assert.Equal("associated", reply.Text("state"));
        Assert.Equal("not-finished", Assert.Single(reply.Json["warnings"]!.AsArray())!.ToString());
    }

    [Fact]
    public async Task Old_proofs_and_attempts_are_purged_and_young_ones_kept()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync("nobody@example.com", "x")).IsProblem(403, "not-verified");
        await RunAsync(backend);
        Assert.Single(await backend.RowsAsync("Proofs"));
        Assert.Equal(2, (await backend.RowsAsync("Attempts")).Count);

        backend.Clock.Advance(TimeSpan.FromDays(3));
        await RunAsync(backend);

        Assert.Empty(await backend.RowsAsync("Proofs"));
        Assert.Empty(await backend.RowsAsync("Attempts"));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_keeps_no_other_from_going_on()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        await backend.SpoilAsync();
        backend.Clock.Advance(TimeSpan.FromHours(25));

        await RunAsync(backend);

        (await mac.RenewTokenAsync()).IsProblem(404, "not-found");
        Assert.Contains(backend.Log.Lines, line => line.Contains("cannot be read", StringComparison.Ordinal));
        mac.Dispose();
    }

    [Fact]
    public async Task A_run_reads_the_open_enrollments_and_not_the_history()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        for (var i = 0; i < 3; i++)
        {
            using var done = await CompleteTests.AssociatedAsync(backend, $"person{i}");
            backend.ShowManaged(done, $"person{i}");
            (await done.CompleteAsync()).IsOk(202);
            var finished = await backend.FinishAsync((await backend.TakeMessageAsync())!, 1);
        }

        var (open, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        backend.Log.Clear();
        await RunAsync(backend);

        // 13 months of marks, 1 open enrollment, 1 look each for proofs, attempts, passcodes and events.
        Assert.Contains(": 18 table operations,", await backend.RunLineOfAsync("Reconcile"), StringComparison.Ordinal);
        open.Dispose();
    }

    private static async Task RunAsync(Backend backend)
    {
        Assert.True(await backend.ReconcileAsync());
    }
}
