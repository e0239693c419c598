using Azure;
using Prestage.Functions.Tables;

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

    /// <summary>From its row; what is no id there names no enrollment.</summary>
    public static PersonRow Of(string userId, TableEntity row) => new(
        row.PartitionKey, userId, [.. (row["Enrollments"] as string ?? string.Empty).Split(' ').Select(IdOrNull).OfType<EnrollmentId>()], row.ETag);

    private static EnrollmentId? IdOrNull(string text) => EnrollmentId.TryParse(text, out var id) ? id : null;
}
