using Azure;
using Azure.Data.Tables;
using Prestage.Functions.Devices;
using Prestage.Functions.Storage;
using Prestage.Tests.Activate;
using Prestage.Tests.Complete;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Reconcile;

/// <summary>What fails in a run of the timer keeps nothing else from being done.</summary>
public sealed class ReconcileFailureTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_queue_that_refuses_keeps_nothing_from_being_expired_or_purged_and_the_run_says_that_it_failed()
    {
        await using var proxy = await StorageProxy.StartAsync(await AzuriteFixture.NewAccountAsync());
        await using var backend = await Backend.StartAsync(byHand: true, storage: proxy.ConnectionString);
        using var finishing = await CompleteTests.AssociatedAsync(backend);
        (await finishing.CompleteAsync()).IsOk(202);
        var (idle, _) = await ActivateTests.VerifiedAsync(backend, People.New("ben"));
        backend.Clock.Advance(TimeSpan.FromHours(25));
        proxy.Refuse = call => call.Path.Value!.Contains("prestage-finish", StringComparison.Ordinal) ? new(403, "AuthorizationFailure") : null;

        var run = await backend.ReconcileAsync();

        Assert.False(run);
        Assert.Empty(await backend.RowsAsync("Proofs"));
        (await idle.RenewTokenAsync()).IsProblem(404, "not-found");
        Assert.Contains(backend.Log.Lines, line => line.Contains("1 expired", StringComparison.Ordinal) && line.Contains("0 unreadable, 1 failures", StringComparison.Ordinal));
        idle.Dispose();
    }

    [Theory]
    [InlineData("Proofs")]
    [InlineData("Attempts")]
    [InlineData("Passcodes")]
    public async Task A_table_that_refuses_keeps_no_other_from_being_purged(string refused)
    {
        await using var proxy = await StorageProxy.StartAsync(await AzuriteFixture.NewAccountAsync());
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Identity:Proof", "passcode")), byHand: true, storage: proxy.ConnectionString);
        var anna = backend.AddPerson(People.New());
        await new PortalClient(backend).PasscodeAsync(new { userId = anna.Id });
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync("nobody@example.com", "x")).IsProblem(403, "not-verified");
        backend.Clock.Advance(TimeSpan.FromDays(40));
        proxy.Refuse = call => call.Path.Value!.Contains($"/{refused}", StringComparison.Ordinal) ? new(403, "AuthorizationFailure") : null;

        var run = await backend.ReconcileAsync();

        proxy.RefuseAll(null);
        Assert.False(run);
        foreach (var table in new[] { "Proofs", "Attempts", "Passcodes" })
        {
            Assert.Equal(table == refused, (await backend.RowsAsync(table)).Count > 0);
        }
    }

    [Fact]
    public async Task A_purge_beside_a_second_run_goes_on()
    {
        await using var proxy = await StorageProxy.StartAsync(await AzuriteFixture.NewAccountAsync());
        await using var backend = await Backend.StartAsync(byHand: true, storage: proxy.ConnectionString);
        await backend.TablesReadyAsync();
        var table = backend.Tables.GetTableClient("Proofs");
        await table.SubmitTransactionAsync(
            Enumerable.Range(0, 60).Select(i => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity("2020010100", $"{i:x64}"))), Cancel);
        var isFirst = true;
        proxy.Before = async call =>
        {
            if (isFirst && call.Path.Value!.EndsWith("$batch", StringComparison.Ordinal))
            {
                isFirst = false;
                await table.DeleteEntityIfExistsAsync("2020010100", $"{7:x64}", ETag.All, Cancel);
            }
        };

        var run = await backend.ReconcileAsync();

        Assert.Equal((true, false), (run, isFirst));
        Assert.Empty(await backend.RowsAsync("Proofs"));
    }

    [Fact]
    public async Task Runs_at_the_same_time_purge_all_and_fail_for_none()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        var table = backend.Tables.GetTableClient("Proofs");
        for (var hour = 0; hour < 3; hour++)
        {
            await table.SubmitTransactionAsync(
                Enumerable.Range(0, 100).Select(i => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity($"202001010{hour}", $"{i:x64}"))),
                Cancel);
        }

        var rows = backend.Get<ProofRows>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => rows.PurgeAsync(backend.Clock.GetUtcNow(), Cancel)));

        Assert.Empty(await backend.RowsAsync("Proofs"));
    }

    [Fact]
    public async Task A_finishing_that_waits_for_JumpCloud_is_not_taken_for_stalled_until_it_falls_silent()
    {
        await using var backend = await Backend.StartAsync(byHand: true);
        using var mac = await CompleteTests.AssociatedAsync(backend);
        (await mac.CompleteAsync()).IsOk(202);
        var message = (await backend.TakeMessageAsync())!;
        for (var delivery = 0; delivery < 3; delivery++)
        {
            backend.Clock.Advance(TimeSpan.FromMinutes(6));

            // The successor, which the queue would deliver later.
            var early = await backend.FinishAsync(message.Replace("\"turn\":1,", $"\"turn\":{delivery + 1},", StringComparison.Ordinal), 1);
            Assert.True(early);
            var run = await backend.ReconcileAsync();
            Assert.DoesNotContain(await backend.EventsAsync("Enrollments"), row => row.GetString("Code") == "finish-requeued");
        }

        backend.Clock.Advance(TimeSpan.FromMinutes(11));
        var later = await backend.ReconcileAsync();

        Assert.Single(await backend.EventsAsync("Enrollments"), row => row.GetString("Code") == "finish-requeued");
    }
}
