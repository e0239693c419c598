using System.Text.Json.Serialization;

namespace Prestage.Functions.JumpCloud;

/// <summary>What we read of a JumpCloud system (V1 <c>JcSystem</c>).</summary>
internal sealed record SystemRecord
{
    [JsonPropertyName("_id")]
    public string? Id { get; init; }

    public string? Organization { get; init; }

    public string? Hostname { get; init; }

    public string? SerialNumber { get; init; }

    /// <summary><c>darwin</c> for a Mac.</summary>
    public string? OsFamily { get; init; }

    public DateTimeOffset? Created { get; init; }

    public SystemMdm? Mdm { get; init; }

    public IReadOnlyList<UserMetric>? UserMetrics { get; init; }

    /// <summary>Whether it is a Mac, and that organization's.</summary>
    public bool IsMacOf(string organizationId) => Organization == organizationId && OsFamily == "darwin";
}

/// <summary>Who manages the system; <c>vendor</c> is unknown, none, internal or external.</summary>
internal sealed record SystemMdm(string? Vendor, bool? Dep);

/// <summary>An account on the system as the agent last told.</summary>
internal sealed record UserMetric(string? UserName, bool? Admin, bool? Managed, bool? Suspended, bool? SecureTokenEnabled);
