using Azure;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Tables;

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

    /// <summary>From a table entity that <see cref="ToEntity"/> made.</summary>
    public static PasscodeRow FromEntity(TableEntity entity) => new()
    {
        UserId = entity.PartitionKey,
        Hash = new(
            Convert.FromBase64String(entity.GetString("Salt")!), Convert.FromBase64String(entity.GetString("Hash")!), entity.GetInt32("Iterations")!.Value),
        ExpiresAt = entity.GetDateTimeOffset("ExpiresAt")!.Value,
        CreatedBy = entity.GetString("CreatedBy")!,
        SerialNumber = entity.GetString("SerialNumber"),
        UsedBy = entity.GetString("UsedBy") is { } used ? EnrollmentId.Parse(used) : null,
        ETag = entity.ETag,
    };
}
