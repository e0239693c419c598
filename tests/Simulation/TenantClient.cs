using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Prestage.Simulators.JumpCloud;
using Xunit;

namespace Prestage.Tests.Simulation;

/// <summary>A simulated tenant with a client that speaks to it as the backend does, by key, or as a Mac does, by signature.</summary>
internal sealed class TenantClient : IAsyncDisposable
{
    public const string Key = "jca_one";

    private readonly HttpClient http = new();

    private TenantClient(SimulatedJumpCloud jumpCloud) => JumpCloud = jumpCloud;

    public SimulatedJumpCloud JumpCloud { get; }

    public Tenant Tenant => JumpCloud.Tenant;

    public static async Task<TenantClient> StartAsync(Action<SimulatedJumpCloudOptions>? configure = null)
    {
        var options = new SimulatedJumpCloudOptions { ApiKeys = [Key] };
        configure?.Invoke(options);
        return new TenantClient(await SimulatedJumpCloud.StartAsync(options, TestContext.Current.CancellationToken));
    }

    /// <summary>Sends by API key unless <paramref name="prepare"/> takes it off again.</summary>
    public async Task<Reply> SendAsync(string method, string path, string? json = null, Action<HttpRequestHeaders>? prepare = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(JumpCloud.BaseUrl, path));
        request.Headers.Add("x-api-key", Key);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        prepare?.Invoke(request.Headers);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response.Headers);
    }

    /// <summary>Sends with a system's signature over the path given to sign, which may differ from the path that is called.</summary>
    public Task<Reply> SignedAsync(
        RSA key, string systemId, string method, string path, string? json = null, string? signedPath = null, TimeSpan skew = default, string headers = "request-line date") =>
        SendAsync(method, path, json, sent =>
        {
            sent.Remove("x-api-key");
            sent.Date = TimeProvider.System.GetUtcNow() + skew;
            var bytes = Encoding.UTF8.GetBytes($"{method} {signedPath ?? path} HTTP/1.1\ndate: {sent.GetValues("date").Single()}");
            var signature = Convert.ToBase64String(key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
            sent.TryAddWithoutValidation("Authorization",
                $"Signature keyId=\"system/{systemId}\",headers=\"{headers}\",algorithm=\"rsa-sha256\",signature=\"{signature}\"");
        });

    public Task<Reply> SearchAsync(string json) => SendAsync("POST", "/api/search/systemusers", json);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await JumpCloud.DisposeAsync();
    }
}

/// <summary>An answer, read.</summary>
internal sealed record Reply(int Status, string Text, HttpResponseHeaders Headers)
{
    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>The usernames of a search's results.</summary>
    public string[] Names => [.. Json.GetProperty("results").EnumerateArray().Select(one => one.GetProperty("username").GetString()!)];
}
