using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Prestage.Tests.Support;

/// <summary>An operator at the level of the wire.</summary>
internal sealed class PortalClient(Backend backend)
{
    public const string Key = "operator-key-4b7f21d09c6e5a8831f2";

    private static readonly HttpClient Http = new();

    /// <summary>The settings of a backend whose operators have the key.</summary>
    public static Dictionary<string, string?> WithKey(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string?> { ["Portal:Auth"] = "key", ["Portal:Key"] = Key };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }

    /// <summary>The header of App Service authentication.</summary>
    public static (string, string) Principal(string? name, params string[] roles) => PrincipalWith("roles", name, roles);

    /// <summary>The same, with roles in claims of another type.</summary>
    public static (string, string) PrincipalWith(string roleType, string? name, params string[] roles) => PrincipalOf("aad", roleType, name, roles);

    /// <summary>The same, of any identity provider.</summary>
    public static (string, string) PrincipalOf(string provider, string roleType, string? name, params string[] roles)
    {
        var claims = new JsonArray([.. roles.Select(role => new JsonObject { ["typ"] = roleType, ["val"] = role })]);
        if (name is not null)
        {
            claims.Add(new JsonObject { ["typ"] = "preferred_username", ["val"] = name });
        }

        var principal = new JsonObject { ["auth_typ"] = provider, ["claims"] = claims, ["name_typ"] = "name", ["role_typ"] = roleType };
        return ("X-MS-CLIENT-PRINCIPAL", Convert.ToBase64String(Encoding.UTF8.GetBytes(principal.ToJsonString())));
    }

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, KeyHeader);

    public Task<Reply> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body ?? new { }, KeyHeader);

    /// <summary>One call below <c>/api/portal/</c> with exactly these headers.</summary>
    public async Task<Reply> SendAsync(HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        backend.Canaries.Add("the operators' key", Key);
        using var request = new HttpRequestMessage(method, new Uri(backend.Url, $"/api/portal/{path}"));
        if (body is not null)
        {
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), new MediaTypeHeaderValue("application/json"));
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.ContentType = value.Length == 0 ? null : MediaTypeHeaderValue.Parse(value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        if (response.StatusCode != HttpStatusCode.Created)
        {
            backend.Keep(text);
        }

        return new(response.StatusCode, text, response.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value)));
    }

    /// <summary>Makes a passcode and puts it among the secrets that must not be found.</summary>
    public async Task<string> PasscodeAsync(object body)
    {
        var reply = await PostAsync("passcodes", body);
        Assert.Equal(HttpStatusCode.Created, reply.Status);
        var passcode = reply.Text("passcode")!;
        backend.Canaries.Add("a passcode", passcode);
        backend.Canaries.Add("a passcode without its hyphen", passcode.Replace("-", "", StringComparison.Ordinal));
        return passcode;
    }

    public static (string, string) KeyHeader => ("Authorization", $"Bearer {Key}");
}
