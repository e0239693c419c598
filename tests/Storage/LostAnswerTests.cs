using Azure.Data.Tables;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Storage;
using Prestage.Tests.Support;
using Xunit;
using static Prestage.Tests.Storage.StoredRows;

namespace Prestage.Tests.Storage;

/// <summary>A write that took effect and whose answer never came: the retry meets this call's own row, against a real Azurite.</summary>
public sealed class LostAnswerTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_proof_whose_use_was_stored_is_used_by_this_call_and_by_no_other()
    {
        using var wire = new BreakingHandler();
        var rows = new StoredRows(await NewTableAsync(wire));
        var proof = NewProof();
        wire.LoseNextAnswer = true;

        Assert.True(await rows.Proofs.TryUseAsync(proof, Cancel));
        Assert.False(await rows.Proofs.TryUseAsync(proof, Cancel));
    }

    [Fact]
    public async Task An_enrollment_that_was_inserted_is_there_to_be_read()
    {
        using var wire = new BreakingHandler();
        var rows = new StoredRows(await NewTableAsync(wire));
        var row = NewEnrollment();
        wire.LoseNextAnswer = true;

        Assert.False(await rows.Enrollments.TryInsertAsync(row, Event("verified"), Cancel));

        Assert.Equal(row.TokenHash, (await rows.Enrollments.FindAsync(row.Id, Cancel))!.TokenHash);
        Assert.Equal("intact", (await rows.Histories.ReadAsync(row.Id, Cancel))!.Chain.ToString());
    }

    [Fact]
    public async Task A_move_that_was_written_is_found_by_who_reads_again()
    {
        using var wire = new BreakingHandler();
        var rows = new StoredRows(await NewTableAsync(wire));
        var read = await rows.InsertAsync();
        wire.LoseNextAnswer = true;

        var moved = await rows.Enrollments.MoveAsync(
            read, row => row with { State = EnrollmentState.Associating, Bound = true }, Event("associating"), Cancel);

        Assert.Equal((EnrollmentState.Associating, 2), (moved.State, moved.Events));
        Assert.Equal("intact", (await rows.Histories.ReadAsync(read.Id, Cancel))!.Chain.ToString());
    }

    [Fact]
    public async Task An_event_of_a_Mac_is_there_once()
    {
        using var wire = new BreakingHandler();
        var rows = new StoredRows(await NewTableAsync(wire));
        wire.LoseNextAnswer = true;

        await rows.Devices.AppendAsync(SystemId, Event("refused"), Cancel);

        Assert.Equal("refused", Assert.Single(await rows.EventsAsync()).Code);
    }

    [Fact]
    public async Task A_passcode_that_was_used_up_for_an_enrollment_is_good_for_that_one()
    {
        using var wire = new BreakingHandler();
        var rows = new StoredRows(await NewTableAsync(wire));
        await rows.Passcodes.PutAsync(NewPasscode(), Cancel);
        var passcode = (await rows.Passcodes.FindAsync(UserId, Cancel))!;
        var enrollment = EnrollmentId.Create(Now);
        wire.LoseNextAnswer = true;

        Assert.True(await rows.Passcodes.TryUseAsync(passcode, enrollment, Cancel));
        Assert.False(await rows.Passcodes.TryUseAsync(passcode, EnrollmentId.Create(Now), Cancel));
    }

    [Fact]
    public async Task A_delete_and_an_upsert_end_as_if_nothing_was_lost()
    {
        using var wire = new BreakingHandler();
        var table = await NewTableAsync(wire);

        wire.LoseNextAnswer = true;
        await table.InsertOrReplaceEntityAsync(new("p", "r"), Cancel);
        var etag = (await table.FindEntityAsync("p", "r", Cancel))!.ETag;
        wire.LoseNextAnswer = true;
        await table.DeleteEntityIfExistsAsync("p", "r", etag, Cancel);

        Assert.Null(await table.FindEntityAsync("p", "r", Cancel));
    }

    private Task<TableClient> NewTableAsync(BreakingHandler wire) => azurite.NewTableAsync(StubTable.Options(wire));
}
