using Prestage.Wire;
using Refit;

namespace Prestage.Shim.Backend;

/// <summary>
/// The service's routes as the Mac calls them (docs/contract.md). A body that is signed or holds a secret is the caller's own bytes: it goes out
/// as it was signed, and can be cleared.
/// </summary>
internal interface IBackendApi
{
    /// <summary>Path of <see cref="VerifyAsync"/>, as it is signed.</summary>
    const string VerifyPath = "/api/verify";

    /// <summary>Path of <see cref="RenewTokenAsync"/>, as it is signed.</summary>
    const string TokenPath = "/api/token";

    /// <summary>Path of the reports, as it is signed.</summary>
    const string ReportPath = "/api/report";

    /// <summary>Whether the service is up, and its version; needs no proof.</summary>
    [Get("/api/health")]
    Task<IApiResponse<HealthResponse>> GetHealthAsync(CancellationToken cancellationToken);

    /// <summary>Proves Mac and person; the body is a <see cref="VerifyRequest"/>.</summary>
    [Post(VerifyPath)]
    Task<IApiResponse<VerifyResponse>> VerifyAsync([Body] HttpContent body, [HeaderCollection] IDictionary<string, string> proof, CancellationToken cancellationToken);

    /// <summary>A new token of the open enrollment; the body is a <see cref="TokenRequest"/>.</summary>
    [Post(TokenPath)]
    Task<IApiResponse<TokenResponse>> RenewTokenAsync([Body] HttpContent body, [HeaderCollection] IDictionary<string, string> proof, CancellationToken cancellationToken);

    /// <summary>Sets the password; the body is an <see cref="ActivateRequest"/>.</summary>
    [Post("/api/activate")]
    Task<IApiResponse<ActivateResponse>> ActivateAsync([Body] HttpContent body, [Authorize("Bearer")] string token, CancellationToken cancellationToken);

    /// <summary>Binds the person to this Mac.</summary>
    [Post("/api/associate")]
    Task<IApiResponse<AssociateResponse>> AssociateAsync([Body] AssociateRequest body, [Authorize("Bearer")] string token, CancellationToken cancellationToken);

    /// <summary>Says that this Mac is done.</summary>
    [Post("/api/complete")]
    Task<IApiResponse<CompleteResponse>> CompleteAsync([Body] CompleteRequest body, [Authorize("Bearer")] string token, CancellationToken cancellationToken);

    /// <summary>The enrollment's state.</summary>
    [Get("/api/enrollment")]
    Task<IApiResponse<EnrollmentResponse>> GetEnrollmentAsync([Authorize("Bearer")] string token, CancellationToken cancellationToken);

    /// <summary>Tells IT what happened, with a token.</summary>
    [Post(ReportPath)]
    Task<IApiResponse> ReportAsync([Body] ReportRequest body, [Authorize("Bearer")] string token, CancellationToken cancellationToken);

    /// <summary>Tells IT what happened, with a proof; the body is a <see cref="ReportRequest"/>.</summary>
    [Post(ReportPath)]
    Task<IApiResponse> ReportWithProofAsync([Body] HttpContent body, [HeaderCollection] IDictionary<string, string> proof, CancellationToken cancellationToken);
}
