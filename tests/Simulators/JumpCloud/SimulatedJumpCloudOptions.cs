using System.Text.Json.Serialization;

namespace Prestage.Simulators.JumpCloud;

/// <summary>
/// How the simulated tenant behaves where the real one is configurable or not documented. Every default is the likeliest behaviour.
/// A class and not a record, so that nothing prints the keys.
/// </summary>
internal sealed class SimulatedJumpCloudOptions
{
    /// <summary>Loopback port; 0 = any free one.</summary>
    public int Port { get; set; }

    /// <summary>The organization that the API keys belong to: 24 hex digits.</summary>
    public string OrgId { get; set; } = "5f0000000000000000000001";

    /// <summary>Valid <c>x-api-key</c> values; more than one while a key is rotated.</summary>
    public List<string> ApiKeys { get; set; } = ["jca_simulated-admin-key-of-40-characters"];

    /// <summary>Service accounts: client id to client secret, for <c>POST /oauth2/token</c>.</summary>
    public Dictionary<string, string> ServiceAccounts { get; set; } = [];

    /// <summary>The service accounts' role does not allow the scope: the token endpoint answers 403.</summary>
    public bool ScopeRefused { get; set; }

    /// <summary>Lifetime of a bearer token, in seconds.</summary>
    public int TokenSeconds { get; set; } = 3600;

    /// <summary>What an agent registers with.</summary>
    public string ConnectKey { get; set; } = "simulated-connect-key-of-40-characters-x";

    /// <summary>The keys belong to a multi-tenant administrator: a missing <c>x-org-id</c> is 401.</summary>
    public bool MultiTenant { get; set; }

    /// <summary>Routes that the official SDK never sends <c>x-org-id</c> to (<c>/api/organizations…</c>) refuse it with 403.</summary>
    public bool OrgHeaderRefused { get; set; } = true;

    /// <summary>How far a signed date may be from the tenant's clock, in seconds.</summary>
    public int SkewSeconds { get; set; } = 300;

    /// <summary>Provisioner type of the records that agents register: <c>administrator</c>, <c>mdm</c> (Automated Device Enrollment) or <c>user</c>.</summary>
    public string AgentProvisioner { get; set; } = "administrator";

    /// <summary>Provisioner types that may use System Context.</summary>
    public List<string> SystemContextProvisioners { get; set; } = ["administrator"];

    /// <summary>An empty password in a PUT is ignored with 200 instead of refused with 400.</summary>
    public bool EmptyPasswordIgnored { get; set; }

    /// <summary>Setting a password turns a STAGED person ACTIVATED.</summary>
    public bool PasswordActivatesState { get; set; }

    /// <summary>Activating a person who is not STAGED is 409 instead of 200.</summary>
    public bool ActivateAgainConflicts { get; set; }

    /// <summary><c>/api/v2/passwordpolicies/*</c> answers 404, as in tenants that do not have it.</summary>
    public bool PasswordPolicyEndpointMissing { get; set; }

    /// <summary>Answer to the removal of an edge that is not there: 404, 204 or 409.</summary>
    public int RemoveMissingStatus { get; set; } = 404;

    /// <summary>Answer to a manual add to a dynamic group: 204 (and the rule drops the member again), 400 or 403.</summary>
    public int DynamicGroupAddStatus { get; set; } = 204;

    /// <summary>Text of a 404 for an unknown id.</summary>
    public string UnknownIdMessage { get; set; } = "Not Found";

    /// <summary>Largest page of a search; a larger <c>limit</c> is cut to it.</summary>
    public int SearchMaxLimit { get; set; } = 100;

    /// <summary>How long a read still shows the state before a write, in milliseconds.</summary>
    public int ReadDelayMilliseconds { get; set; }

    /// <summary>Plays the agent of Macs that have none: this long after a binding <c>userMetrics</c> shows the account managed. Null = never.</summary>
    public int? TakeoverMilliseconds { get; set; }

    /// <summary>Spellings of password violation codes that differ from <see cref="PasswordRules"/>' own.</summary>
    public Dictionary<string, string> ViolationCodes { get; set; } = [];

    /// <summary>PBKDF2 iterations of stored passwords: few, for the many people of a load test.</summary>
    public int PasswordIterations { get; set; } = 1000;

    /// <summary>The tenant's clock.</summary>
    [JsonIgnore]
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
