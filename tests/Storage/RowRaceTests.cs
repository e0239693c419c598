using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Storage;
using Prestage.Tests.Support;
using Xunit;
using static Prestage.Tests.Storage.StoredRows;

namespace Prestage.Tests.Storage;

/// <summary>Of several writers one wins and the others learn it, and a row is what its last writer wrote, nothing else.</summary>
public sealed class RowRaceTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_many_writers_of_one_version_one_wins()
    {
        var rows = new StoredRows(await azurite.NewTableAsync());
        var ids = Enumerable.Range(0, 6).Select(_ => EnrollmentId.Create(Now)).ToList();

        Assert.Single(await AllAsync(ids, id => rows.Devices.TryPointAsync(SystemId, id, null, Cancel)), won => won);
        var pointer = await rows.Devices.FindAsync(SystemId, Cancel);
        Assert.Single(await AllAsync(ids, id => rows.Devices.TryPointAsync(SystemId, id, pointer, Cancel)), won => won);
        var read = await rows.Devices.ReadAsync(SystemId, Cancel);
        Assert.Single(await AllAsync(ids, _ => rows.Devices.TryReleaseAsync(SystemId, read, true, Event("released"), Cancel)), won => won);
        Assert.Single(await rows.EventsAsync());

        Assert.Single(await AllAsync(ids, _ => rows.Attempts.TryInsertAsync(NewTries(), Cancel)), row => row is not null);
        var tries = (await rows.Attempts.FindAsync(NewTries().Key, Cancel))!;
        Assert.Single(await AllAsync(ids, _ => rows.Attempts.TryReplaceAsync(tries with { Locks = 1 }, Cancel)), row => row is not null);
        Assert.Null(await rows.Attempts.TryReplaceAsync(tries with { Failed = [] }, Cancel));

        await rows.Passcodes.PutAsync(NewPasscode(), Cancel);
        var passcode = (await rows.Passcodes.FindAsync(UserId, Cancel))!;
        Assert.Single(await AllAsync(ids, id => rows.Passcodes.TryUseAsync(passcode, id, Cancel)), won => won);

        var enrollment = await rows.InsertAsync();
        var moved = await AllAsync(ids, _ => rows.Enrollments.TryMoveAsync(enrollment, enrollment, Event("reported"), Cancel));
        Assert.Single(moved, row => row is not null);
        Assert.Equal("intact", (await rows.Histories.ReadAsync(enrollment.Id, Cancel))!.Chain.ToString());
    }

    [Fact]
    public async Task A_proof_is_good_once_however_many_try_it()
    {
        var rows = new StoredRows(await azurite.NewTableAsync());
        var proof = NewProof();

        Assert.Single(await AllAsync(Enumerable.Range(0, 6), _ => rows.Proofs.TryUseAsync(proof, Cancel)), won => won);
    }

    [Fact]
    public async Task A_row_that_is_gone_lets_no_writer_win()
    {
        var table = await azurite.NewTableAsync();
        var rows = new StoredRows(table);
        var tries = (await rows.Attempts.TryInsertAsync(NewTries(), Cancel))!;
        await table.DeleteEntityAsync(tries.Key, "current", cancellationToken: Cancel);
        Assert.True(await rows.Devices.TryPointAsync(SystemId, EnrollmentId.Create(Now), null, Cancel));
        var read = await rows.Devices.ReadAsync(SystemId, Cancel);
        await table.DeleteEntityAsync(SystemId, "current", cancellationToken: Cancel);

        Assert.Null(await rows.Attempts.TryReplaceAsync(tries, Cancel));
        Assert.False(await rows.Devices.TryReleaseAsync(SystemId, read, true, Event(), Cancel));
        Assert.Empty(await rows.EventsAsync());
    }

    [Fact]
    public async Task A_row_that_is_replaced_keeps_nothing_of_the_one_before()
    {
        var table = await azurite.NewTableAsync();
        var rows = new StoredRows(table);
        var tries = (await rows.Attempts.TryInsertAsync(NewTries() with { LockedUntil = Now }, Cancel))!;
        Assert.NotNull(await rows.Attempts.TryReplaceAsync(tries with { LockedUntil = null }, Cancel));
        Assert.Null((await rows.Attempts.FindAsync(tries.Key, Cancel))!.LockedUntil);

        await rows.Passcodes.PutAsync(NewPasscode() with { SerialNumber = "C02", UsedBy = EnrollmentId.Create(Now) }, Cancel);
        await rows.Passcodes.PutAsync(NewPasscode(), Cancel);
        var passcode = (await rows.Passcodes.FindAsync(UserId, Cancel))!;
        Assert.Equal((null, null), (passcode.SerialNumber, passcode.UsedBy));

        Assert.True(await rows.Devices.TryPointAsync(SystemId, EnrollmentId.Create(Now), null, Cancel));
        Assert.True(await rows.Devices.TryReleaseAsync(SystemId, await rows.Devices.ReadAsync(SystemId, Cancel), true, Event(), Cancel));
        Assert.Null((await rows.Devices.FindAsync(SystemId, Cancel))!.EnrollmentId);

        var enrollment = await rows.InsertAsync();
        var failed = (await rows.Enrollments.TryMoveAsync(enrollment, enrollment with { Cause = "wrong" }, Event(), Cancel))!;
        Assert.NotNull(await rows.Enrollments.TryMoveAsync(failed, failed with { Cause = null }, Event(), Cancel));
        Assert.Null((await rows.Enrollments.FindAsync(enrollment.Id, Cancel))!.Cause);
        Assert.Equal("intact", (await rows.Histories.ReadAsync(enrollment.Id, Cancel))!.Chain.ToString());
    }

    [Fact]
    public async Task A_transaction_names_the_operation_that_failed_and_has_written_none()
    {
        var table = await azurite.NewTableAsync();
        await table.InsertEntityAsync(new("p", "there"), Cancel);

        var refusal = await Assert.ThrowsAsync<TableTransactionFailedException>(() => table.SubmitAsync(
            [
                new(TableTransactionActionType.Add, new TableEntity("p", "first")),
                new(TableTransactionActionType.UpsertReplace, new TableEntity("p", "second")),
                new(TableTransactionActionType.Add, new TableEntity("p", "there")),
            ],
            Cancel));

        Assert.Equal((409, 2), (refusal.Status, refusal.FailedTransactionActionIndex));
        Assert.Equal(TableErrorCode.EntityAlreadyExists, refusal.ErrorCode);
        Assert.Equal(1, await table.QueryAsync<TableEntity>(cancellationToken: Cancel).CountAsync(Cancel));
    }

    [Fact]
    public async Task A_transaction_returns_the_versions_by_which_its_rows_can_be_replaced()
    {
        var table = await azurite.NewTableAsync();

        var versions = await table.SubmitAsync(
            [
                new(TableTransactionActionType.Add, new TableEntity("p", "a")),
                new(TableTransactionActionType.UpsertReplace, new TableEntity("p", "b")),
            ],
            Cancel);
        await table.ReplaceEntityAsync(new("p", "a"), versions[0], Cancel);
        await table.ReplaceEntityAsync(new("p", "b"), versions[1], Cancel);

        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => table.ReplaceEntityAsync(new("p", "a"), versions[0], Cancel));
        Assert.Equal(412, refusal.Status);
    }

    private static Task<TResult[]> AllAsync<T, TResult>(IEnumerable<T> of, Func<T, Task<TResult>> call) => Task.WhenAll(of.Select(call));
}
