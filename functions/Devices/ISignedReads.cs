using Prestage.Functions.JumpCloud;
using Refit;

namespace Prestage.Functions.Devices;

/// <summary>A Mac's own signed read of its system record (System Context API); nothing but what the Mac has signed goes along.</summary>
[Headers("Accept: application/json")]
internal interface ISignedReads
{
    /// <summary>Reads the record at exactly the path and query that were signed.</summary>
    [Get("")]
    Task<IApiResponse<SystemRecord>> ReadAsync(
        [Url] Uri signedAddress, [Header("Date")] string date, [Header("Authorization")] string authorization, CancellationToken cancellationToken);
}
