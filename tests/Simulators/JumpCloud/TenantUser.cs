using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Prestage.Simulators.JumpCloud;

/// <summary>A person of the directory, with the API's own field names (systemuserreturn of the published V1 spec).</summary>
internal sealed record TenantUser
{
    [JsonPropertyName("_id")]
    public string Id { get; init; } = "";

    public string Organization { get; init; } = "";

    public string Username { get; init; } = "";

    public string SystemUsername { get; init; } = "";

    public string Email { get; init; } = "";

    public string? AlternateEmail { get; init; }

    public RecoveryEmail? RecoveryEmail { get; init; }

    public string Firstname { get; init; } = "";

    public string Middlename { get; init; } = "";

    public string Lastname { get; init; } = "";

    public string Displayname { get; init; } = "";

    public string Description { get; init; } = "";

    public string? EmployeeIdentifier { get; init; }

    public string Department { get; init; } = "";

    public string Company { get; init; } = "";

    public bool Activated { get; init; }

    /// <summary><c>STAGED</c>, <c>ACTIVATED</c> or <c>SUSPENDED</c>.</summary>
    public string State { get; init; } = "STAGED";

    public bool Suspended { get; init; }

    [JsonPropertyName("account_locked")]
    public bool AccountLocked { get; init; }

    [JsonPropertyName("account_locked_date")]
    public string? AccountLockedDate { get; init; }

    [JsonPropertyName("password_expired")]
    public bool PasswordExpired { get; init; }

    [JsonPropertyName("password_date")]
    public string? PasswordDate { get; init; }

    [JsonPropertyName("password_expiration_date")]
    public string? PasswordExpirationDate { get; init; }

    [JsonPropertyName("password_never_expires")]
    public bool PasswordNeverExpires { get; init; }

    public bool Sudo { get; init; }

    [JsonPropertyName("passwordless_sudo")]
    public bool PasswordlessSudo { get; init; }

    [JsonPropertyName("externally_managed")]
    public bool ExternallyManaged { get; init; }

    public ImmutableArray<RestrictedField> RestrictedFields { get; init; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DelegatedAuthority? DelegatedAuthority { get; init; }

    /// <summary>Present when the person is also a JumpCloud administrator.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AdminRole? Admin { get; init; }

    public string Created { get; init; } = "";

    /// <summary>Current password first, then earlier ones.</summary>
    [JsonIgnore]
    public ImmutableList<PasswordHash> Passwords { get; init; } = [];

    /// <summary>The password's hash, if there is one.</summary>
    [JsonIgnore]
    public PasswordHash? Password => Passwords.IsEmpty ? null : Passwords[0];

    /// <summary>The account name on a Mac.</summary>
    [JsonIgnore]
    public string AccountName => SystemUsername.Length > 0 ? SystemUsername : Username;
}

/// <summary>A private address for password recovery.</summary>
internal sealed record RecoveryEmail(string Address, bool Verified = true);

/// <summary>A field that another directory owns; type is <c>active_directory</c>, <c>federated_identity_provider</c> or <c>scim</c>.</summary>
internal sealed record RestrictedField(string Field, string? Id = null, string Type = "active_directory");

/// <summary>Who checks the password instead of JumpCloud.</summary>
internal sealed record DelegatedAuthority(string Id, string Name = "ActiveDirectory");

/// <summary>The administrator that a person also is.</summary>
internal sealed record AdminRole(string Id, string RoleName = "Administrator With Billing");
