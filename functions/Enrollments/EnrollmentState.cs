using System.Text.Json.Serialization;

namespace Prestage;

/// <summary>Where an enrollment stands (docs/contract.md has the picture). The names are those of the wire and of the table.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EnrollmentState>))]
internal enum EnrollmentState
{
    /// <summary>The Mac and the person are proven.</summary>
    [JsonStringEnumMemberName("verified")]
    Verified,

    /// <summary>The person's password is set in JumpCloud.</summary>
    [JsonStringEnumMemberName("activated")]
    Activated,

    /// <summary>The binding is about to be written, or is written and not yet read back. From here only this person gets through.</summary>
    [JsonStringEnumMemberName("associating")]
    Associating,

    /// <summary>The binding was read back.</summary>
    [JsonStringEnumMemberName("associated")]
    Associated,

    /// <summary>The Mac is done; the account's management and the group swap are awaited.</summary>
    [JsonStringEnumMemberName("finishing")]
    Finishing,

    /// <summary>Everything is done and was read back.</summary>
    [JsonStringEnumMemberName("completed")]
    Completed,

    /// <summary>Not continued in time.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,

    /// <summary>Another person was verified on the same Mac before the binding.</summary>
    [JsonStringEnumMemberName("superseded")]
    Superseded,

    /// <summary>Ended by an operator.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,

    /// <summary>Could not be finished; the cause is on the enrollment, and an operator's retry continues it.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>The call that the Mac should make next.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NextStep>))]
internal enum NextStep
{
    /// <summary>POST /api/activate</summary>
    [JsonStringEnumMemberName("activate")]
    Activate,

    /// <summary>POST /api/associate</summary>
    [JsonStringEnumMemberName("associate")]
    Associate,

    /// <summary>POST /api/complete</summary>
    [JsonStringEnumMemberName("complete")]
    Complete,

    /// <summary>GET /api/enrollment again, later.</summary>
    [JsonStringEnumMemberName("wait")]
    Wait,

    /// <summary>Nothing: the enrollment has ended.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}
