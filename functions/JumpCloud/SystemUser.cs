using System.Globalization;
using System.Text.Json.Serialization;

namespace Prestage.Functions.JumpCloud;

/// <summary>What we ask of a JumpCloud user (V1 <c>systemuserreturn</c>; <c>systemUsername</c> comes only when asked for).</summary>
internal sealed record SystemUser
{
    /// <summary>The fields to ask for, space-separated.</summary>
    public const string Fields =
        "username systemUsername email alternateEmail firstname lastname displayname description employeeIdentifier activated state "
        + "suspended account_locked password_expired password_date externally_managed restrictedFields delegatedAuthority admin sudo";

    [JsonPropertyName("_id")]
    public string? Id { get; init; }

    public string? Username { get; init; }

    public string? SystemUsername { get; init; }

    public string? Email { get; init; }

    public string? AlternateEmail { get; init; }

    public string? Firstname { get; init; }

    public string? Lastname { get; init; }

    public string? Displayname { get; init; }

    public string? Description { get; init; }

    public string? EmployeeIdentifier { get; init; }

    /// <summary>Whether the person has a password.</summary>
    public bool? Activated { get; init; }

    /// <summary><c>STAGED</c>, <c>ACTIVATED</c> or <c>SUSPENDED</c></summary>
    public string? State { get; init; }

    /// <summary>Whether the person still has to be activated: a staged one is on no device.</summary>
    [JsonIgnore]
    public bool IsStaged => State == "STAGED";

    public bool? Suspended { get; init; }

    [JsonPropertyName("account_locked")]
    public bool? AccountLocked { get; init; }

    [JsonPropertyName("password_expired")]
    public bool? PasswordExpired { get; init; }

    /// <summary>When the password was set, as JumpCloud writes it.</summary>
    [JsonPropertyName("password_date")]
    public string? PasswordDate { get; init; }

    /// <summary>The same as a time; null where JumpCloud tells none, or none that can be read.</summary>
    [JsonIgnore]
    public DateTimeOffset? PasswordSetAt =>
        DateTimeOffset.TryParse(PasswordDate, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    [JsonPropertyName("externally_managed")]
    public bool? ExternallyManaged { get; init; }

    public IReadOnlyList<RestrictedField>? RestrictedFields { get; init; }

    public DelegatedAuthority? DelegatedAuthority { get; init; }

    /// <summary>Present when the person is also a JumpCloud administrator.</summary>
    public DirectoryAdministrator? Admin { get; init; }

    /// <summary>Administrator on every bound system.</summary>
    public bool? Sudo { get; init; }

    /// <summary>The local account's short name.</summary>
    [JsonIgnore]
    public string? AccountName => string.IsNullOrEmpty(SystemUsername) ? Username : SystemUsername;

    /// <summary>The local account's full name.</summary>
    [JsonIgnore]
    public string FullName
    {
        get
        {
            var names = string.Join(' ', new[] { Firstname, Lastname }.Where(name => !string.IsNullOrWhiteSpace(name)));
            return !string.IsNullOrWhiteSpace(Displayname) ? Displayname : names.Length > 0 ? names : AccountName ?? string.Empty;
        }
    }

    /// <summary>Whether somebody else than JumpCloud holds the password (Active Directory, SCIM, an identity provider).</summary>
    [JsonIgnore]
    public bool PasswordHeldElsewhere =>
        ExternallyManaged == true || DelegatedAuthority is { Name.Length: > 0 }
        || RestrictedFields?.Any(restricted => restricted.Field == "password") == true;

    /// <summary>Names and addresses stay out of logs.</summary>
    public override string ToString() => $"user {Id}";
}

/// <summary>A field that only its source may change.</summary>
internal sealed record RestrictedField(string? Field, string? Type);

/// <summary>Who holds the password instead of JumpCloud, such as <c>ActiveDirectory</c>.</summary>
internal sealed record DelegatedAuthority(string? Name);

/// <summary>The administrator that a user also is.</summary>
internal sealed record DirectoryAdministrator([property: JsonPropertyName("id")] string? Id);
