using Azure;
using Azure.Data.Tables;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Enrollments;

/// <summary>A person's enrollments that were begun in one month to set a password.</summary>
/// <param name="ETag">Null where the row is not stored yet.</param>
internal sealed record PersonRow(string Month, string UserId, IReadOnlyList<EnrollmentId> Enrollments, ETag? ETag)
{
    /// <summary>The first row of a person in an enrollment's month.</summary>
    public static PersonRow First(EnrollmentRow enrollment) => new(enrollment.Id.Month, enrollment.UserId, [enrollment.Id], null);

    /// <summary>What writes it in place of what was read; it fails when somebody else was faster.</summary>
    public TableTransactionAction Write()
    {
        var row = new TableEntity(Month, EnrollmentKeys.Person(UserId)) { ["Enrollments"] = string.Join(' ', Enrollments) };
        return ETag is { } read ? new(TableTransactionActionType.UpdateReplace, row, read) : new(TableTransactionActionType.Add, row);
    }

    /// <summary>Reads its row. What is no id there makes it unreadable: it may stand for an enrollment that would set a password.</summary>
    public static StoredRow<PersonRow> Read(string userId, TableEntity entity)
    {
        var read = new RowReader(entity);
        var ids = read.Text("Enrollments").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(EnrollmentId.Find).ToList();
        if (ids.Contains(null))
        {
            read.Refuse("Enrollments is no list of ids.");
        }

        return read.Found(new PersonRow(entity.PartitionKey, userId, [.. ids.OfType<EnrollmentId>()], entity.ETag));
    }
}
