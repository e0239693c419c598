using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prestage.Simulators.JumpCloud;
using Xunit;

namespace Prestage.Tests.Support;

/// <summary>A Mac at the level of the wire: a registered system with its key, calling the backend over real HTTP.</summary>
internal sealed class WireMac : IDisposable
{
    private readonly Backend backend;
    private readonly HttpClient http = new();
    private readonly RSA key;

    /// <summary>Registers the Mac.</summary>
    /// <param name="keyNumber">Which of the keys it has (<see cref="SystemKeys"/>); else one that the tenant's systems before it do not have.</param>
    public WireMac(Backend backend, Func<TenantSystem, TenantSystem>? change = null, int? keyNumber = null)
    {
        key = SystemKeys.Of(keyNumber ?? backend.JumpCloud.Tenant.Now.Systems.Count % SystemKeys.Count);
        this.backend = backend;
        SerialNumber = $"C02{RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", 9)}";
        var system = new TenantSystem { SerialNumber = SerialNumber, Hostname = "mac", PublicKeyPem = key.ExportSubjectPublicKeyInfoPem() };
        SystemId = backend.JumpCloud.Tenant.AddSystem(change?.Invoke(system) ?? system).Id;
        backend.Canaries.Add("the Mac's private key", key.ExportRSAPrivateKeyPem());
    }

    public string SystemId { get; }

    public string SerialNumber { get; }

    public string? Token { get; set; }

    /// <summary>What this Mac shows instead of a signature, with its record.</summary>
    public string? DeviceKey { get; set; }

    /// <summary>Whether the next calls are held (<see cref="HeldCalls"/>).</summary>
    public bool Hold { get; set; }

    /// <summary>Shift of this Mac's clock.</summary>
    public TimeSpan ClockShift { get; set; }

    public static string Nonce() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 24);

    /// <summary>The proof of one call, for tests that send it otherwise.</summary>
    public string Proof(string method, string path, byte[] body, bool bound = true)
    {
        var proof = DeviceProof.Sign(key, SystemId, bound ? DeviceProof.Binding(method, path, body) : null, backend.Clock.GetUtcNow() + ClockShift);
        backend.Canaries.Add("a proof", proof.Signature);
        return proof.ToHeader();
    }

    public async Task<Reply> SendAsync(HttpMethod method, string path, byte[]? body, string? authorization, string? mediaType = "application/json", string? deviceKey = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(backend.Url, path));
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (deviceKey is not null)
        {
            request.Headers.TryAddWithoutValidation(RecordClaim.KeyHeader, deviceKey);
        }

        if (Hold)
        {
            request.Headers.Add(HeldCalls.Header, "1");
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = mediaType is null ? null : MediaTypeHeaderValue.Parse(mediaType);
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            backend.Keep(text);
        }

        return new(response.StatusCode, text, response.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value)));
    }

    public Task<Reply> WithProofAsync(string path, object body)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Json);
        return DeviceKey is null
            ? SendAsync(HttpMethod.Post, path, bytes, Proof("POST", path, bytes))
            : SendAsync(HttpMethod.Post, path, bytes, new RecordClaim(SystemId).ToHeader(), deviceKey: DeviceKey);
    }

    public Task<Reply> WithTokenAsync(string path, object body) =>
        SendAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, Json), $"Bearer {Token}");

    /// <summary>POST /api/verify; a token in the answer is kept.</summary>
    public async Task<Reply> VerifyAsync(string identifier, string? secret)
    {
        var reply = await WithProofAsync("/api/verify", new { nonce = Nonce(), serialNumber = SerialNumber, identifier, secret });
        Keep(reply);
        return reply;
    }

    public async Task<Reply> RenewTokenAsync()
    {
        var reply = await WithProofAsync("/api/token", new { nonce = Nonce() });
        Keep(reply);
        return reply;
    }

    public Task<Reply> ActivateAsync(string password)
    {
        backend.Canaries.Add("the password", password);
        return WithTokenAsync("/api/activate", new { password });
    }

    public Task<Reply> AssociateAsync() => WithTokenAsync("/api/associate", new { });

    public Task<Reply> CompleteAsync() => WithTokenAsync("/api/complete", new { accountCreated = true, secureToken = true, steps = Array.Empty<object>() });

    public Task<Reply> EnrollmentAsync() => SendAsync(HttpMethod.Get, "/api/enrollment", null, $"Bearer {Token}");

    /// <summary>Asks until the enrollment is in the state.</summary>
    public Task<Reply> UntilAsync(string state) => Wait.ForAsync(
        async () => await EnrollmentAsync() is var reply && (reply.Status != HttpStatusCode.OK || reply.Text("state") == state) ? reply : null, () => state);

    public void Dispose()
    {
        key.Dispose();
        http.Dispose();
    }

    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private void Keep(Reply reply)
    {
        if (reply.Status == HttpStatusCode.OK)
        {
            Token = reply.Text("token")!;
            backend.Canaries.Add("a token", Token[(Token.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        }
    }
}

/// <summary>One answer.</summary>
internal sealed record Reply(HttpStatusCode Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? Code => Status < HttpStatusCode.BadRequest ? null : Text("code");

    public string? Text(string member) => Json[member]?.ToString();

    /// <summary>Asserts a problem of the code, in the shape of RFC 9457.</summary>
    public Reply IsProblem(int status, string code)
    {
        Assert.Equal((status, code), ((int)Status, Code));
        Assert.Equal($"urn:prestage:problem:{code}", Text("type"));
        Assert.Equal(status, (int)Json["status"]!);
        Assert.NotEmpty(Text("title")!);
        Assert.NotEmpty(Text("detail")!);
        Assert.NotEmpty(Text("traceId")!);
        return this;
    }

    public Reply IsOk(int status = 200)
    {
        Assert.True((int)Status == status, $"{(int)Status}: {Body}");
        return this;
    }
}
