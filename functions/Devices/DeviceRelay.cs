using System.Net;
using Prestage.Functions.JumpCloud;

namespace Prestage.Functions.Devices;

/// <summary>
/// Relays a Mac's own signed read of its system record to JumpCloud, through a client that carries nothing of ours: 200 proves that the
/// caller holds that system's key (System Context API, HC "Use System Context Authorization with JumpCloud APIs").
/// </summary>
internal sealed class DeviceRelay(ISignedReads reads, DirectoryAnswers answers, JumpCloudOptions options, RelayLimits limits)
{
    /// <summary>The read, as failures and measures name it.</summary>
    public const string Route = "GET /api/systems/{id} (signed by the Mac)";

    private readonly Uri baseUrl = new(options.BaseUrl);

    /// <summary>
    /// The record of the Mac that signed, or null where JumpCloud refuses the signature.
    /// Throws <see cref="DirectoryException"/> (Busy) when JumpCloud does not answer or too many ask.
    /// </summary>
    public async Task<SystemRecord?> ReadAsync(DeviceProof proof, string? binding, CancellationToken cancellationToken)
    {
        using var permit = await limits.EnterAsync(Route, cancellationToken);
        using var response = await reads.ReadAsync(
            new(baseUrl, DeviceProof.PathAndQuery(proof.SystemId, binding)),
            proof.Date,
            $"Signature keyId=\"system/{proof.SystemId}\",headers=\"request-line date\",algorithm=\"rsa-sha256\",signature=\"{proof.Signature}\"",
            cancellationToken);
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
        {
            limits.CountRefusal();
            return null;
        }

        var record = answers.Content(response);
        return record.Id == proof.SystemId ? record : null;
    }
}
