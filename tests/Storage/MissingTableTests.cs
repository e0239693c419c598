using Azure;
using Azure.Data.Tables.Models;
using Prestage.Functions.Enrollments;
using Prestage.Tests.Support;
using Xunit;
using static Prestage.Tests.Storage.StoredRows;

namespace Prestage.Tests.Storage;

/// <summary>A missing table is a failure for whoever reads or writes rows: it never says that a row is not there.</summary>
public sealed class MissingTableTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_reader_and_no_writer_takes_a_missing_table_for_a_missing_row()
    {
        var rows = new StoredRows(await azurite.MissingTableAsync());
        var budget = new EnrollmentBudget(3, TimeSpan.FromMinutes(1));
        var etag = new ETag("W/\"1\"");
        var enrollment = NewEnrollment();
        var stored = enrollment with { ETag = etag, Stored = enrollment.ToEntity() };
        stored.Stored!.ETag = etag;
        (string Name, Func<Task> Call)[] calls =
        [
            ("pointer", () => rows.Devices.FindAsync(SystemId, Cancel)),
            ("point", () => rows.Devices.TryPointAsync(SystemId, enrollment.Id, null, Cancel)),
            ("point again", () => rows.Devices.TryPointAsync(SystemId, enrollment.Id, new(enrollment.Id, false, etag), Cancel)),
            ("release", () => rows.Devices.TryReleaseAsync(SystemId, new(null, null, null), false, Event(), Cancel)),
            ("events of a Mac", () => rows.EventsAsync()),
            ("event of a Mac", () => rows.Devices.AppendAsync(SystemId, Event(), Cancel)),
            ("proof", () => rows.Proofs.TryUseAsync(NewProof(), Cancel)),
            ("purge of proofs", () => rows.Proofs.PurgeAsync(Now, Cancel)),
            ("tries", () => rows.Attempts.FindAsync("device-x", Cancel)),
            ("first try", () => rows.Attempts.TryInsertAsync(NewTries(), Cancel)),
            ("next try", () => rows.Attempts.TryReplaceAsync(NewTries() with { ETag = etag }, Cancel)),
            ("end of tries", () => rows.Attempts.TryReplaceAsync(NewTries() with { Failed = [], ETag = etag }, Cancel)),
            ("purge of tries", () => rows.Attempts.PurgeAsync(Cancel)),
            ("passcode", () => rows.Passcodes.FindAsync(UserId, Cancel)),
            ("new passcode", () => rows.Passcodes.PutAsync(NewPasscode(), Cancel)),
            ("used passcode", () => rows.Passcodes.TryUseAsync(NewPasscode() with { ETag = etag }, enrollment.Id, Cancel)),
            ("purge of passcodes", () => rows.Passcodes.PurgeAsync(Now, Cancel)),
            ("enrollment", () => rows.Enrollments.FindAsync(enrollment.Id, Cancel)),
            ("new enrollment", () => rows.Enrollments.TryInsertAsync(enrollment, Event(), Cancel)),
            ("move", () => rows.Enrollments.TryMoveAsync(stored, stored, Event(), Cancel)),
            ("last move", () => rows.Enrollments.TryMoveAsync(stored, stored with { State = EnrollmentState.Failed }, Event(), Cancel)),
            ("mark", () => rows.Enrollments.FindMarkAsync(enrollment.Id, Cancel)),
            ("deleted mark", () => rows.Enrollments.DeleteMarkAsync(enrollment.Id, etag, Cancel)),
            ("open ones", () => rows.Enrollments.ListOpenAsync(Cancel).CountAsync(Cancel).AsTask()),
            ("history", () => rows.Histories.ReadAsync(enrollment.Id, Cancel)),
            ("list", () => rows.Pages.ReadAsync(EnrollmentFilter.All, null, 10, budget, null, Cancel).CountAsync(Cancel).AsTask()),
        ];

        foreach (var (name, call) in calls)
        {
            var failure = await Record.ExceptionAsync(call);

            Assert.True(
                failure is RequestFailedException { Status: 404 } missing && missing.ErrorCode == TableErrorCode.TableNotFound,
                $"{name}: {failure}");
        }
    }
}
