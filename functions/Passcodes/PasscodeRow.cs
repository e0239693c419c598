using Azure;
using Azure.Data.Tables;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Passcodes;

/// <summary>A person's passcode as stored; the text itself is nowhere.</summary>
internal sealed record PasscodeRow
{
    public required string UserId { get; init; }

    public required PasscodeHash Hash { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The operator who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>The only Mac that it is good for, or null for any.</summary>
    public string? SerialNumber { get; init; }

    /// <summary>The enrollment that used it up.</summary>
    public EnrollmentId? UsedBy { get; init; }

    public ETag ETag { get; init; }

    /// <summary>As a table entity.</summary>
    public TableEntity ToEntity() => new(UserId, PasscodeRows.Current)
    {
        ["Salt"] = Hash.Salt,
        ["Hash"] = Hash.Key,
        ["Iterations"] = Hash.Iterations,
        ["ExpiresAt"] = ExpiresAt,
        ["CreatedBy"] = CreatedBy,
        ["SerialNumber"] = SerialNumber,
        ["UsedBy"] = UsedBy?.ToString(),
    };

    /// <summary>Reads a table entity that <see cref="ToEntity"/> made.</summary>
    public static StoredRow<PasscodeRow> Read(TableEntity entity)
    {
        var read = new RowReader(entity);
        var hash = PasscodeHash.Find(read.Text("Salt"), read.Text("Hash"), read.Number("Iterations"));
        if (hash is null)
        {
            read.Refuse("Salt, Hash and Iterations are no hash.");
        }

        return read.Found(new PasscodeRow
        {
            UserId = entity.PartitionKey,
            Hash = hash ?? PasscodeHash.OfNobody,
            ExpiresAt = read.Time("ExpiresAt"),
            CreatedBy = read.Text("CreatedBy"),
            SerialNumber = read.OptionalText("SerialNumber"),
            UsedBy = read.OptionalParsed("UsedBy", EnrollmentId.Find, "an enrollment's id"),
            ETag = entity.ETag,
        });
    }
}
