using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Portal;

public sealed class PortalAccessTests
{
    private static readonly Dictionary<string, string?> EasyAuth = new() { ["Portal:Auth"] = "easyAuth" };
    private static readonly (string, string) Reader = PortalClient.Principal("rita@example.com", "Prestage.Reader");
    private static readonly (string, string) Operator = PortalClient.Principal("otto@example.com", "Prestage.Operator");

    private static readonly string SomeMac = new('a', 24);

    public static TheoryData<string, string> Routes => new()
    {
        { "GET", "enrollments" },
        { "GET", "enrollments.csv" },
        { "GET", "summary" },
        { "GET", "enrollments/202601-0000000000000000-aaaaaaaaaaaaaaaa" },
        { "GET", $"devices/{SomeMac}" },
        { "GET", "nothing/here" },
        { "POST", $"devices/{SomeMac}/release" },
        { "POST", "attempts/release" },
        { "POST", "enrollments/202601-0000000000000000-aaaaaaaaaaaaaaaa/retry" },
        { "POST", "enrollments/202601-0000000000000000-aaaaaaaaaaaaaaaa/cancel" },
        { "POST", "passcodes" },
        { "POST", "nothing/here" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Nobody_is_let_in_until_a_setting_says_how(string method, string path)
    {
        await using var backend = await Backend.StartAsync();
        var portal = new PortalClient(backend);

        (await Send(portal, method, path)).IsProblem(401, "token-invalid");
        (await Send(portal, method, path, PortalClient.KeyHeader)).IsProblem(401, "token-invalid");
        (await Send(portal, method, path, Operator)).IsProblem(401, "token-invalid");
        Assert.Empty(await backend.RowsAsync("Devices"));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task With_a_key_only_the_key_counts(string method, string path)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var portal = new PortalClient(backend);

        (await Send(portal, method, path)).IsProblem(401, "token-invalid");
        (await Send(portal, method, path, Operator)).IsProblem(401, "token-invalid");
        (await Send(portal, method, path, ("Authorization", $"Bearer {PortalClient.Key[..^1]}"))).IsProblem(401, "token-invalid");
        (await Send(portal, method, path, ("Authorization", PortalClient.Key))).IsProblem(401, "token-invalid");
        (await Send(portal, method, path, ("Authorization", "Bearer "))).IsProblem(401, "token-invalid");
        Assert.Empty(await backend.RowsAsync("Devices"));
        Assert.DoesNotContain((int)(await Send(portal, method, path, PortalClient.KeyHeader)).Status, new[] { 401, 403, 500 });
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task With_App_Service_authentication_readers_read_and_operators_do(string method, string path)
    {
        await using var backend = await Backend.StartAsync(EasyAuth);
        var portal = new PortalClient(backend);

        (await Send(portal, method, path)).IsProblem(401, "token-invalid");
        (await Send(portal, method, path, PortalClient.KeyHeader)).IsProblem(401, "token-invalid");
        (await Send(portal, method, path, PortalClient.Principal("nora@example.com"))).IsProblem(403, "forbidden");
        (await Send(portal, method, path, PortalClient.Principal("nora@example.com", "prestage.operator", "Prestage.Owner"))).IsProblem(403, "forbidden");
        (await Send(portal, method, path, PortalClient.PrincipalWith("groups", "nora@example.com", "Prestage.Operator"))).IsProblem(403, "forbidden");
        (await Send(portal, method, path, PortalClient.PrincipalOf("github", "roles", "nora@example.com", "Prestage.Operator"))).IsProblem(401, "token-invalid");
        Assert.Empty(await backend.RowsAsync("Devices"));
        var read = await Send(portal, method, path, Reader);
        if (method == "POST")
        {
            read.IsProblem(403, "forbidden");
            Assert.Empty(await backend.RowsAsync("Devices"));
        }
        else
        {
            Assert.DoesNotContain((int)read.Status, new[] { 401, 403, 500 });
        }

        Assert.DoesNotContain((int)(await Send(portal, method, path, Operator)).Status, new[] { 401, 403, 500 });
    }

    [Fact]
    public async Task Roles_may_come_as_the_long_claim_and_the_name_is_the_sign_in_name()
    {
        await using var backend = await Backend.StartAsync(EasyAuth);
        var operators = PortalClient.PrincipalWith("http://schemas.microsoft.com/ws/2008/06/identity/claims/role", "otto@example.com", "Prestage.Operator");

        (await new PortalClient(backend).SendAsync(HttpMethod.Post, $"devices/{SomeMac}/release", new { }, operators)).IsOk();

        Assert.Equal("otto@example.com", Assert.Single(await backend.EventsAsync("Devices")).GetString("Actor"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("bnVsbA==")]
    [InlineData("W10=")]
    [InlineData("e30=")]
    [InlineData("eyJjbGFpbXMiOlt7InR5cCI6InJvbGVzIn1dfQ==")]
    [InlineData("eyJjbGFpbXMiOltudWxsXX0=")]
    [InlineData("/////w==")]
    public async Task A_header_that_names_nobody_is_nobody(string header)
    {
        await using var backend = await Backend.StartAsync(EasyAuth);

        (await new PortalClient(backend).SendAsync(HttpMethod.Get, $"devices/{SomeMac}", null, ("X-MS-CLIENT-PRINCIPAL", header))).IsProblem(401, "token-invalid");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    [InlineData("otto\n")]
    public async Task A_person_without_a_proper_name_can_do_nothing(string? name)
    {
        await using var backend = await Backend.StartAsync(EasyAuth);

        (await new PortalClient(backend).SendAsync(HttpMethod.Get, $"devices/{SomeMac}", null, PortalClient.Principal(name, "Prestage.Operator")))
            .IsProblem(401, "token-invalid");
    }

    [Fact]
    public async Task A_header_that_is_there_twice_is_nobody()
    {
        await using var backend = await Backend.StartAsync(EasyAuth);

        (await new PortalClient(backend).SendAsync(HttpMethod.Get, $"devices/{SomeMac}", null, Reader, Operator)).IsProblem(401, "token-invalid");
    }

    [Theory]
    [InlineData("https://evil.example.com", false)]
    [InlineData("null", false)]
    [InlineData("", false)]
    [InlineData("http://127.0.0.1:1", false)]
    [InlineData("{own}/", false)]
    [InlineData("{own}.evil.example.com", false)]
    [InlineData("{own}", true)]
    public async Task A_page_of_another_site_changes_nothing(string origin, bool allowed)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        origin = origin.Replace("{own}", backend.Url.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);

        var reply = await new PortalClient(backend).SendAsync(
            HttpMethod.Post, $"devices/{SomeMac}/release", new { }, PortalClient.KeyHeader, ("Origin", origin), ("X-Forwarded-Host", "evil.example.com"));

        if (allowed)
        {
            reply.IsOk();
        }
        else
        {
            reply.IsProblem(403, "forbidden");
            Assert.Empty(await backend.RowsAsync("Devices"));
        }
    }

    [Theory]
    [InlineData("https://prestage.example.com", "prestage.example.com", true)]
    [InlineData("https://prestage.example.com", "PRESTAGE.example.com:443", true)]
    [InlineData("https://prestage.example.com:8443", "prestage.example.com", false)]
    [InlineData("https://evil.example.com", "prestage.example.com", false)]
    [InlineData("https://prestage.example.com", "127.0.0.1", false)]
    public async Task The_public_name_is_the_one_that_the_host_was_called_by(string origin, string called, bool allowed)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());

        var reply = await new PortalClient(backend).SendAsync(
            HttpMethod.Post, $"devices/{SomeMac}/release", new { }, PortalClient.KeyHeader, ("Origin", origin), ("Host", called),
            ("X-Forwarded-Host", new Uri(origin).Authority));

        Assert.Equal(allowed ? 200 : 403, (int)reply.Status);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("")]
    public async Task A_form_of_a_page_cannot_post(string mediaType)
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());

        (await new PortalClient(backend).SendAsync(
            HttpMethod.Post, $"devices/{SomeMac}/release", new { }, PortalClient.KeyHeader, ("Content-Type", mediaType))).IsProblem(415, "unsupported-media-type");
        Assert.Empty(await backend.RowsAsync("Devices"));
    }

    [Fact]
    public async Task Bodies_are_read_as_strictly_as_everywhere()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var portal = new PortalClient(backend);

        foreach (var path in new[] { $"devices/{SomeMac}/release", "attempts/release", "passcodes", "enrollments/x/retry", "enrollments/x/cancel" })
        {
            (await portal.PostAsync(path, "")).IsProblem(400, "invalid-request");
            (await portal.PostAsync(path, "[]")).IsProblem(400, "invalid-request");
            (await portal.PostAsync(path, $"{{\"x\":\"{new string('x', 70_000)}\"}}")).IsProblem(413, "too-large");
        }
    }

    [Fact]
    public async Task Who_is_refused_is_in_the_log_with_route_code_and_name()
    {
        await using var backend = await Backend.StartAsync(EasyAuth);
        var portal = new PortalClient(backend);

        (await Send(portal, "POST", $"devices/{SomeMac}/release", Reader)).IsProblem(403, "forbidden");
        (await Send(portal, "GET", $"devices/{SomeMac}")).IsProblem(401, "token-invalid");

        Assert.Contains(backend.Log.Lines, line =>
            line.EndsWith($"Portal: POST /api/portal/devices/{SomeMac}/release refused (403 forbidden) to rita@example.com ", StringComparison.Ordinal));
        Assert.Contains(backend.Log.Lines, line =>
            line.EndsWith($"Portal: GET /api/portal/devices/{SomeMac} refused (401 token-invalid) to nobody ", StringComparison.Ordinal));
    }

    private static Task<Reply> Send(PortalClient portal, string method, string path, params (string, string)[] headers) =>
        portal.SendAsync(new(method), path, method == "POST" ? new { } : null, headers);
}
