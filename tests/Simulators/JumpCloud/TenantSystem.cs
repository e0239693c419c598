using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Prestage.Simulators.JumpCloud;

/// <summary>A device record, with the API's own field names (JcSystem of the published V1 spec).</summary>
internal sealed record TenantSystem
{
    [JsonPropertyName("_id")]
    public string Id { get; init; } = "";

    /// <summary>Live records carry the id twice.</summary>
    [JsonPropertyName("id")]
    public string SameId => Id;

    /// <summary>The tenant's own organization when left empty.</summary>
    public string Organization { get; init; } = "";

    public string DisplayName { get; init; } = "";

    public string Hostname { get; init; } = "";

    public string SerialNumber { get; init; } = "";

    public string? Description { get; init; }

    public bool Active { get; init; } = true;

    /// <summary>RFC 3339, now when left empty.</summary>
    public string Created { get; init; } = "";

    public string? LastContact { get; init; }

    public string AgentVersion { get; init; } = "2.60.0";

    public string Os { get; init; } = "Mac OS X";

    public string OsFamily { get; init; } = "darwin";

    public string Version { get; init; } = "15.1";

    public string Arch { get; init; } = "arm64";

    public bool HasServiceAccount { get; init; }

    public ServiceAccountState ServiceAccountState { get; init; } = new();

    public Mdm Mdm { get; init; } = new();

    public ProvisionMetadata ProvisionMetadata { get; init; } = new(new Provisioner());

    public ImmutableArray<UserMetric> UserMetrics { get; init; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PrimarySystemUser? PrimarySystemUser { get; init; }

    public ImmutableArray<NameValue> Attributes { get; init; } = [];

    /// <summary>The public half of the agent's key (PEM): what System Context signatures are checked with.</summary>
    [JsonIgnore]
    public string? PublicKeyPem { get; init; }
}

/// <summary>What the agent reports of one local account.</summary>
internal sealed record UserMetric(string UserName, bool Admin, bool Managed, bool Suspended, bool SecureTokenEnabled);

/// <summary>JumpCloud's own account on the Mac.</summary>
internal sealed record ServiceAccountState(bool HasSecureToken = false, bool PasswordAPFSValid = false, bool PasswordODValid = false);

/// <summary>Vendor is <c>unknown</c>, <c>none</c>, <c>internal</c> or <c>external</c>.</summary>
internal sealed record Mdm(string Vendor = "external", bool Dep = true, bool UserApproved = true);

/// <summary>How the device came in.</summary>
internal sealed record ProvisionMetadata(Provisioner Provisioner);

/// <summary>Type is <c>administrator</c> (connect key), <c>mdm</c> or <c>user</c>.</summary>
internal sealed record Provisioner(string Type = "administrator", string? ProvisionerId = null);

/// <summary>The person whose device it is.</summary>
internal sealed record PrimarySystemUser(string Id);

/// <summary>A custom attribute.</summary>
internal sealed record NameValue(string Name, string Value);
