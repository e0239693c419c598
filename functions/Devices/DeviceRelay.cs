using System.Net;
using System.Threading.RateLimiting;
using Prestage.Functions.JumpCloud;

namespace Prestage.Functions.Devices;

/// <summary>
/// Relays a Mac's own signed read of its system record to JumpCloud, through a client that carries nothing of ours: 200 proves that the
/// caller holds that system's key (System Context API, HC "Use System Context Authorization with JumpCloud APIs").
/// A bulkhead keeps strangers from spending JumpCloud's patience: 16 relays at a time, and 300 refusals a minute.
/// </summary>
internal sealed class DeviceRelay(HttpClient http, DirectoryPipeline pipeline, JumpCloudOptions options, TimeProvider clock) : IDisposable
{
    private const string Route = "GET /api/systems/{id} (signed by the Mac)";
    private const int MostRefusals = 300;

    private readonly Uri baseUrl = new(options.BaseUrl);
    private readonly ConcurrencyLimiter inFlight = new(new() { PermitLimit = 16, QueueLimit = 64 });
    private readonly Lock counting = new();
    private DateTimeOffset minute;
    private int refusals;

    /// <summary>
    /// The record of the Mac that signed, or null where JumpCloud refuses the signature.
    /// Throws <see cref="DirectoryException"/> (Busy) when JumpCloud does not answer or the bulkhead is full.
    /// </summary>
    public async Task<SystemRecord?> ReadAsync(DeviceProof proof, string? binding, CancellationToken cancel)
    {
        if (TooManyRefusals())
        {
            throw new DirectoryException(DirectoryFailure.Busy, Route, null, TimeSpan.FromMinutes(1));
        }

        using var permit = await inFlight.AcquireAsync(1, cancel);
        if (!permit.IsAcquired)
        {
            throw new DirectoryException(DirectoryFailure.Busy, Route, null, TimeSpan.FromSeconds(2));
        }

        var reply = await pipeline.SendAsync(http, Route, repeatable: true, () => Message(proof, binding), cancel);
        if (reply.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
        {
            CountRefusal();
            return null;
        }

        var record = DirectoryTransport.Parse(Route, DirectoryTransport.Succeeded(Route, reply), JumpCloudJson.Default.SystemRecord);
        return record.Id == proof.SystemId ? record : null;
    }

    /// <inheritdoc/>
    public void Dispose() => inFlight.Dispose();

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

    private bool TooManyRefusals()
    {
        lock (counting)
        {
            return refusals >= MostRefusals && clock.GetUtcNow() - minute < TimeSpan.FromMinutes(1);
        }
    }

    private void CountRefusal()
    {
        lock (counting)
        {
            var now = clock.GetUtcNow();
            if (now - minute >= TimeSpan.FromMinutes(1))
            {
                (minute, refusals) = (now, 0);
            }

            refusals++;
        }
    }
}
