using System.Text.Json.Serialization;

namespace Prestage.Functions.JumpCloud;

/// <summary>The JSON context of JumpCloud's API, V1 and V2.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UserSearch))]
[JsonSerializable(typeof(UserSearchResult))]
[JsonSerializable(typeof(SystemUser))]
[JsonSerializable(typeof(SystemRecord))]
[JsonSerializable(typeof(SetPasswordBody))]
[JsonSerializable(typeof(ActivateBody))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(PolicyEnvelope))]
[JsonSerializable(typeof(Organization))]
[JsonSerializable(typeof(GraphOperation))]
[JsonSerializable(typeof(IReadOnlyList<AssociationEdge>))]
[JsonSerializable(typeof(IReadOnlyList<MemberOfEdge>))]
[JsonSerializable(typeof(SystemGroup))]
[JsonSerializable(typeof(SystemList))]
internal sealed partial class JumpCloudJson : JsonSerializerContext;

/// <summary>POST /api/search/systemusers; each filter entry is <c>field → {"$regex": …}</c>.</summary>
internal sealed record UserSearch(IReadOnlyList<Dictionary<string, RegexOperator>> Filter, string Fields, int Limit, int Skip, string Sort);

/// <summary>A MongoDB regular expression.</summary>
internal sealed record RegexOperator([property: JsonPropertyName("$regex")] string Regex);

/// <summary>The answer of a user search.</summary>
internal sealed record UserSearchResult(IReadOnlyList<SystemUser>? Results, int? TotalCount);

/// <summary>PUT /api/systemusers/{id}</summary>
internal sealed record SetPasswordBody(Secret Password);

/// <summary>POST /api/systemusers/{id}/state/activate; <c>email:false</c> keeps JumpCloud from sending its own mail.</summary>
internal sealed record ActivateBody(bool Email);

/// <summary>The token endpoint's answer, or its refusal (RFC 6749 §5).</summary>
/// <param name="ExpiresIn">Seconds.</param>
internal sealed record TokenAnswer(
    [property: JsonPropertyName("access_token")] string? AccessToken, [property: JsonPropertyName("expires_in")] long? ExpiresIn, string? Error)
{
    /// <summary>The token stays out of logs.</summary>
    public override string ToString() => "token answer";
}

/// <summary>Any of JumpCloud's error shapes; every member may be missing.</summary>
internal sealed record ErrorBody(string? Message, IReadOnlyList<ErrorDetail>? Details);

/// <summary>google.rpc.BadRequest as JumpCloud writes it.</summary>
internal sealed record ErrorDetail(IReadOnlyList<FieldViolation>? FieldViolationsList);

/// <summary>One rule that was not met, such as <c>passwordHistory</c>.</summary>
internal sealed record FieldViolation(string? Field, string? Description);

/// <summary>GET /api/v2/passwordpolicies/user/{id}</summary>
internal sealed record PolicyEnvelope(PolicyFields? Policy);

/// <summary>GET /api/organizations/{id}</summary>
internal sealed record Organization(OrganizationSettings? Settings);

/// <summary>The organization's own policy counts only where the compliance is <c>custom</c>.</summary>
internal sealed record OrganizationSettings(PolicyFields? PasswordPolicy, string? PasswordCompliance);

/// <summary>The fields of a policy that people must know; a value is inert unless its <c>enable</c> twin is true.</summary>
internal sealed record PolicyFields(
    bool? EnableMinLength, int? MinLength, bool? NeedsLowercase, bool? NeedsUppercase, bool? NeedsNumeric, bool? NeedsSymbolic,
    bool? AllowUsernameSubstring);

/// <summary>POST to a graph route of V2.</summary>
internal sealed record GraphOperation(string Op, string Type, string Id, GraphAttributes? Attributes = null);

/// <summary>The attributes of an edge.</summary>
internal sealed record GraphAttributes(SudoAttribute? Sudo);

/// <summary>Whether the bound person administers the system.</summary>
internal sealed record SudoAttribute(bool Enabled, bool WithoutPassword);

/// <summary>One element of GET /api/v2/systems/{id}/associations?targets=user</summary>
internal sealed record AssociationEdge(GraphObject? To, GraphAttributes? Attributes);

/// <summary>One element of GET /api/v2/systems/{id}/memberof</summary>
internal sealed record MemberOfEdge(string? Id, string? Type);

/// <summary>The far end of an edge, which may carry the edge's attributes itself.</summary>
internal sealed record GraphObject(string? Id, string? Type, GraphAttributes? Attributes);

/// <summary>GET /api/v2/systemgroups/{id}</summary>
/// <param name="MembershipMethod"><c>NOTSET</c>, <c>STATIC</c>, <c>DYNAMIC_REVIEW_REQUIRED</c> or <c>DYNAMIC_AUTOMATED</c>.</param>
internal sealed record SystemGroup(string? Id, string? Name, string? MembershipMethod);

/// <summary>GET /api/systems</summary>
internal sealed record SystemList(IReadOnlyList<SystemRecord>? Results);
