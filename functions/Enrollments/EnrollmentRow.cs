using Azure;
using Azure.Data.Tables;
using Prestage.Functions.Storage;
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

    /// <summary>How many events a Mac can make an enrollment have; what ends it or brings it on is kept beyond that.</summary>
    public const int MostEvents = 10_000;

    /// <summary>How many events it has: the next one's sequence.</summary>
    public int Events { get; init; }

    /// <summary>Whether the Mac has had all the events that it can have.</summary>
    public bool IsFull => Events >= MostEvents;

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

    /// <summary>As a table entity. What a newer version has stored beside stays.</summary>
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
        var known = new HashSet<string>(StringComparer.Ordinal);
        void Set(string name, object? value)
        {
            known.Add(name);
            entity[name] = value;
        }

        Set("PasswordUntil", PasswordUntil);
        Set("PasswordCallUntil", PasswordCallUntil);
        Set("FinishingAt", FinishingAt);
        Set("Steps", Steps);
        Set("Cause", Cause);
        Set("OsVersion", OsVersion);
        Set("ShimVersion", ShimVersion);
        foreach (var (name, value) in Stored?.OwnProperties() ?? [])
        {
            if (!known.Contains(name) && !entity.ContainsKey(name))
            {
                entity[name] = value;
            }
        }

        return entity;
    }

    /// <summary>The state that a row names, readable or not; null where this version does not know it.</summary>
    public static EnrollmentState? StateOf(TableEntity entity) => entity["State"] is string name ? EnrollmentNames.Find(name) : null;

    /// <summary>Reads an entity that <see cref="ToEntity"/> made; one that somebody changed, or a newer version wrote, may be unreadable.</summary>
    public static StoredRow<EnrollmentRow> Read(TableEntity entity)
    {
        var read = new RowReader(entity);
        var id = EnrollmentKeys.IdOf(entity);
        if (id is null)
        {
            read.Refuse("Its key is not that of an enrollment.");
        }

        return read.Found(new EnrollmentRow
        {
            Id = id ?? default,
            State = read.Parsed("State", EnrollmentNames.Find, "a state that this version knows"),
            SystemId = read.Text("SystemId"),
            SerialNumber = read.Text("SerialNumber"),
            UserId = read.Text("UserId"),
            Account = new(read.Text("Username"), read.Text("FullName"), read.Flag("Admin")),
            PasswordRequired = read.Flag("PasswordRequired"),
            HadPassword = read.Flag("HadPassword"),
            TokenHash = read.Text("TokenHash"),
            TokenExpiresAt = read.Time("TokenExpiresAt"),
            CreatedAt = read.Time("CreatedAt"),
            UpdatedAt = read.Time("UpdatedAt"),
            StateAt = read.Time("StateAt"),
            Events = read.Number("Events"),
            Attempt = read.Number("Attempt"),
            FinishingAt = read.OptionalTime("FinishingAt"),
            AccountCreated = read.Flag("AccountCreated"),
            SecureToken = read.Flag("SecureToken"),
            Steps = read.OptionalText("Steps"),
            Warnings = read.Text("Warnings").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Cause = read.OptionalText("Cause"),
            Bound = read.Flag("Bound"),
            PasswordsSent = read.Number("PasswordsSent"),
            PasswordUntil = read.OptionalTime("PasswordUntil"),
            PasswordCallUntil = read.OptionalTime("PasswordCallUntil"),
            Contested = read.Flag("Contested"),
            OsVersion = read.OptionalText("OsVersion"),
            ShimVersion = read.OptionalText("ShimVersion"),
            ETag = entity.ETag,
            Stored = entity,
        });
    }
}
