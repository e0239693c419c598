namespace Prestage.Simulators.JumpCloud;

/// <summary>A system group; method is <c>NOTSET</c>, <c>STATIC</c>, <c>DYNAMIC_REVIEW_REQUIRED</c> or <c>DYNAMIC_AUTOMATED</c>.</summary>
internal sealed record TenantGroup(string Name, string MembershipMethod = "STATIC", string Id = "", string Description = "")
{
    /// <summary>Always <c>system_group</c>.</summary>
    public string Type { get; init; } = "system_group";

    /// <summary>A rule fills it, so that a manual add means nothing.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsDynamic => MembershipMethod == "DYNAMIC_AUTOMATED";

    /// <summary>There is a rule, which fills it or proposes changes.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasRule => MembershipMethod.StartsWith("DYNAMIC_", StringComparison.Ordinal);
}

/// <summary>An edge between a person and a system (or system group), with its sudo attribute.</summary>
internal sealed record Binding(string UserId, bool Sudo, bool WithoutPassword, DateTimeOffset At, long Version);
