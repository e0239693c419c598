using Refit;

namespace Prestage.Functions.JumpCloud;

/// <summary>The routes that we use of JumpCloud's console API, V1 and V2; <see cref="CredentialHandler"/> adds who we are.</summary>
[Headers("Accept: application/json")]
internal interface IJumpCloudApi
{
    /// <summary>A search that does not answer from stale copies (S1, <c>x-eventually-consistent</c>).</summary>
    [Post("/api/search/systemusers")]
    [Headers("x-eventually-consistent: false")]
    Task<IApiResponse<UserSearchResult>> SearchUsersAsync([Body] UserSearch search, CancellationToken cancellationToken);

    /// <summary>One person.</summary>
    [Get("/api/systemusers/{id}")]
    Task<IApiResponse<SystemUser>> GetUserAsync(string id, CancellationToken cancellationToken);

    /// <summary>Sets a password; the body is the caller's own bytes, so that they can be cleared.</summary>
    [Put("/api/systemusers/{id}?fullValidationDetails=password")]
    Task<IApiResponse<SystemUser>> SetPasswordAsync(string id, [Body] HttpContent body, CancellationToken cancellationToken);

    /// <summary>STAGED to ACTIVATED.</summary>
    [Post("/api/systemusers/{id}/state/activate")]
    Task<IApiResponse> ActivateUserAsync(string id, [Body] ActivateBody body, CancellationToken cancellationToken);

    /// <summary>The password policy in force for a person.</summary>
    [Get("/api/v2/passwordpolicies/user/{id}")]
    Task<IApiResponse<PolicyEnvelope>> GetPasswordPolicyAsync(string id, CancellationToken cancellationToken);

    /// <summary>The organization.</summary>
    [Get("/api/organizations/{id}")]
    Task<IApiResponse<Organization>> GetOrganizationAsync(string id, CancellationToken cancellationToken);

    /// <summary>One system.</summary>
    [Get("/api/systems/{id}")]
    Task<IApiResponse<SystemRecord>> GetSystemAsync(string id, CancellationToken cancellationToken);

    /// <summary>The id of any one system.</summary>
    [Get("/api/systems?limit=1&fields=_id")]
    Task<IApiResponse<SystemList>> GetAnySystemAsync(CancellationToken cancellationToken);

    /// <summary>A page of the people who are directly bound to a system.</summary>
    [Get("/api/v2/systems/{id}/associations?targets=user")]
    Task<IApiResponse<IReadOnlyList<AssociationEdge>>> GetBindingsAsync(string id, int limit, int skip, CancellationToken cancellationToken);

    /// <summary>A page of the systems that a person is directly bound to.</summary>
    [Get("/api/v2/users/{id}/associations?targets=system")]
    Task<IApiResponse<IReadOnlyList<AssociationEdge>>> GetBoundSystemsAsync(string id, int limit, int skip, CancellationToken cancellationToken);

    /// <summary>Adds, updates or removes a direct binding.</summary>
    [Post("/api/v2/systems/{id}/associations")]
    Task<IApiResponse> ChangeBindingAsync(string id, [Body] GraphOperation operation, CancellationToken cancellationToken);

    /// <summary>A page of the groups that a system is in.</summary>
    [Get("/api/v2/systems/{id}/memberof")]
    Task<IApiResponse<IReadOnlyList<MemberOfEdge>>> GetGroupsAsync(string id, int limit, int skip, CancellationToken cancellationToken);

    /// <summary>One group of systems.</summary>
    [Get("/api/v2/systemgroups/{id}")]
    Task<IApiResponse<SystemGroup>> GetGroupAsync(string id, CancellationToken cancellationToken);

    /// <summary>Adds or removes a member of a group.</summary>
    [Post("/api/v2/systemgroups/{id}/members")]
    Task<IApiResponse> ChangeGroupAsync(string id, [Body] GraphOperation operation, CancellationToken cancellationToken);
}
