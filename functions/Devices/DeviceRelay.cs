using System.Net;
using Prestage.Functions.JumpCloud;

namespace Prestage.Functions.Devices;

/// <summary>
/// Relays a Mac's own signed read of its system record to JumpCloud, through a client that carries nothing of ours: 200 proves that the
/// caller holds that system's key (System Context API, HC "Use System Context Authorization with JumpCloud APIs").
/// </summary>
internal sealed class DeviceRelay(HttpClient http, DirectoryPipeline pipeline, JumpCloudOptions options, RelayLimits limits)
{
    private const string Route = "GET /api/systems/{id} (signed by the Mac)";

    private readonly Uri baseUrl = new(options.BaseUrl);

    /// <summary>
    /// The record of the Mac that signed, or null where JumpCloud refuses the signature.
    /// Throws <see cref="DirectoryException"/> (Busy) when JumpCloud does not answer or too many ask.
    /// </summary>
    public async Task<SystemRecord?> ReadAsync(DeviceProof proof, string? binding, CancellationToken cancellationToken)
    {
        using var permit = await limits.EnterAsync(Route, cancellationToken);
        var reply = await pipeline.SendAsync(http, Route, repeatable: true, () => Message(proof, binding), cancellationToken);
        if (reply.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
        {
            limits.CountRefusal();
            return null;
        }

        var record = DirectoryTransport.Parse(Route, DirectoryTransport.Succeeded(Route, reply), JumpCloudJson.Default.SystemRecord);
        return record.Id == proof.SystemId ? record : null;
    }

    private HttpRequestMessage Message(DeviceProof proof, string? binding)
    {
        var message = new HttpRequestMessage(HttpMethod.Get, new Uri(baseUrl, DeviceProof.PathAndQuery(proof.SystemId, binding)));
        message.Headers.Accept.Add(new("application/json"));
        message.Headers.TryAddWithoutValidation("Date", proof.Date);
        message.Headers.TryAddWithoutValidation(
            "Authorization",
            $"Signature keyId=\"system/{proof.SystemId}\",headers=\"request-line date\",algorithm=\"rsa-sha256\",signature=\"{proof.Signature}\"");
        return message;
    }
}
