using Azure;
using Prestage.Functions.Tables;
using Prestage.Wire;

namespace Prestage.Functions.Enrollments;

/// <summary>One enrollment as stored in table Enrollments.</summary>
internal sealed record EnrollmentRow
{
    public required EnrollmentId Id { get; init; }

    public required EnrollmentState State { get; init; }

    public required string SystemId { get; init; }

    public required string SerialNumber { get; init; }

    public required string UserId { get; init; }

    /// <summary>The account that the Mac is to have, as first decided.</summary>
    public required Account Account { get; init; }

    /// <summary>Whether the person sets a password here. Where that changes, the enrollment ends and another one begins.</summary>
    public required bool PasswordRequired { get; init; }

    /// <summary>Whether the person had a password when the enrollment began.</summary>
    public required bool HadPassword { get; init; }

    /// <summary>How many passwords of this enrollment JumpCloud may have taken: counted before each call, less those that it refused.</summary>
    public int PasswordsSent { get; init; }

    /// <summary>The latest date of a password in JumpCloud that is this enrollment's own, or that it found when it began.</summary>
    public DateTimeOffset? PasswordUntil { get; init; }

    /// <summary>Until when a call that sets the password may be under way; null while there is none.</summary>
    public DateTimeOffset? PasswordCallUntil { get; init; }

    /// <summary>Whether another enrollment of the same person was begun that would set a password as well.</summary>
    public bool Contested { get; init; }

    /// <summary>SHA-256 of the token's secret part, hex.</summary>
    public required string TokenHash { get; init; }

    public required DateTimeOffset TokenExpiresAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it came into its state, or its present attempt began; what waits, waits since then.</summary>
    public DateTimeOffset StateAt { get; init; }

    /// <summary>How many events it has: the next one's sequence.</summary>
    public int Events { get; init; }

    /// <summary>Number of the present attempt to finish; a queue message with another number is dropped.</summary>
    public int Attempt { get; init; }

    /// <summary>When the Mac said that it is done.</summary>
    public DateTimeOffset? FinishingAt { get; init; }

    public bool AccountCreated { get; init; }

    public bool SecureToken { get; init; }

    /// <summary>The steps' durations as the Mac told, JSON.</summary>
    public string? Steps { get; init; }

    /// <summary>Codes, in the order in which they came up.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Why it failed.</summary>
    public string? Cause { get; init; }

    /// <summary>Whether the binding was begun: from then on the Mac belongs to this person until an operator releases it.</summary>
    public bool Bound { get; init; }

    public string? OsVersion { get; init; }

    public string? ShimVersion { get; init; }

    public ETag ETag { get; init; }

    /// <summary>The row as it is stored, with what seals it; null on one that is not stored yet.</summary>
    public TableEntity? Stored { get; init; }

    /// <summary>The row with one more warning, if it does not have it yet.</summary>
    public EnrollmentRow Warn(string code) => Warnings.Contains(code) ? this : this with { Warnings = [.. Warnings, code] };

    /// <summary>As a table entity.</summary>
    public TableEntity ToEntity()
    {
        var entity = new TableEntity(Id.Month, EnrollmentKeys.Enrollment(Id))
        {
            ["State"] = EnrollmentNames.Of(State),
            ["SystemId"] = SystemId,
            ["SerialNumber"] = SerialNumber,
            ["UserId"] = UserId,
            ["Username"] = Account.Username,
            ["FullName"] = Account.FullName,
            ["Admin"] = Account.Admin,
            ["PasswordRequired"] = PasswordRequired,
            ["HadPassword"] = HadPassword,
            ["TokenHash"] = TokenHash,
            ["TokenExpiresAt"] = TokenExpiresAt,
            ["CreatedAt"] = CreatedAt,
            ["UpdatedAt"] = UpdatedAt,
            ["StateAt"] = StateAt,
            ["Events"] = Events,
            ["Attempt"] = Attempt,
            ["AccountCreated"] = AccountCreated,
            ["SecureToken"] = SecureToken,
            ["Warnings"] = string.Join(' ', Warnings),
            ["Bound"] = Bound,
            ["PasswordsSent"] = PasswordsSent,
            ["Contested"] = Contested,
        };
        Set(entity, "PasswordUntil", PasswordUntil);
        Set(entity, "PasswordCallUntil", PasswordCallUntil);
        Set(entity, "FinishingAt", FinishingAt);
        Set(entity, "Steps", Steps);
        Set(entity, "Cause", Cause);
        Set(entity, "OsVersion", OsVersion);
        Set(entity, "ShimVersion", ShimVersion);
        return entity;
    }

    /// <summary>From a table entity that <see cref="ToEntity"/> made.</summary>
    public static EnrollmentRow FromEntity(TableEntity entity) => new()
    {
        Id = EnrollmentKeys.IdOf(entity),
        State = EnrollmentNames.Parse(Required(entity, "State")),
        SystemId = Required(entity, "SystemId"),
        SerialNumber = Required(entity, "SerialNumber"),
        UserId = Required(entity, "UserId"),
        Account = new(Required(entity, "Username"), Required(entity, "FullName"), entity.GetBoolean("Admin") == true),
        PasswordRequired = entity.GetBoolean("PasswordRequired") == true,
        HadPassword = entity.GetBoolean("HadPassword") == true,
        TokenHash = Required(entity, "TokenHash"),
        TokenExpiresAt = entity.GetDateTimeOffset("TokenExpiresAt") ?? default,
        CreatedAt = entity.GetDateTimeOffset("CreatedAt") ?? default,
        UpdatedAt = entity.GetDateTimeOffset("UpdatedAt") ?? default,
        StateAt = entity.GetDateTimeOffset("StateAt") ?? default,
        Events = entity.GetInt32("Events") ?? 0,
        Attempt = entity.GetInt32("Attempt") ?? 0,
        FinishingAt = entity.GetDateTimeOffset("FinishingAt"),
        AccountCreated = entity.GetBoolean("AccountCreated") == true,
        SecureToken = entity.GetBoolean("SecureToken") == true,
        Steps = entity.GetString("Steps"),
        Warnings = (entity.GetString("Warnings") ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Cause = entity.GetString("Cause"),
        Bound = entity.GetBoolean("Bound") == true,
        PasswordsSent = entity.GetInt32("PasswordsSent") ?? 0,
        PasswordUntil = entity.GetDateTimeOffset("PasswordUntil"),
        PasswordCallUntil = entity.GetDateTimeOffset("PasswordCallUntil"),
        Contested = entity.GetBoolean("Contested") == true,
        OsVersion = entity.GetString("OsVersion"),
        ShimVersion = entity.GetString("ShimVersion"),
        ETag = entity.ETag,
        Stored = entity,
    };

    /// <summary>The same; null where somebody has made the row unreadable.</summary>
    public static EnrollmentRow? ReadOrNull(TableEntity entity)
    {
        try
        {
            return FromEntity(entity);
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static string Required(TableEntity entity, string name) =>
        entity.GetString(name) ?? throw new FormatException($"The enrollment's row has no {name}.");

    private static void Set(TableEntity entity, string name, object? value)
    {
        if (value is not null)
        {
            entity[name] = value;
        }
    }
}
