using Refit;

namespace Prestage.Functions.JumpCloud;

/// <summary>Where a service account gets its bearer tokens (RFC 6749 §4.4).</summary>
[Headers("Accept: application/json")]
internal interface ITokenEndpoint
{
    /// <summary>Trades client id and secret, in <paramref name="authorization"/>, for a token.</summary>
    [Post("")]
    Task<IApiResponse<TokenAnswer>> GetTokenAsync(
        [Url] Uri address,
        [Header("Authorization")] string authorization,
        [Body(BodySerializationMethod.UrlEncoded)] TokenForm form,
        CancellationToken cancellationToken);
}

/// <summary>The form of a client credentials request.</summary>
internal sealed record TokenForm([property: AliasAs("grant_type")] string GrantType, [property: AliasAs("scope")] string Scope);
