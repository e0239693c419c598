using System.Text;
using System.Text.Json;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Devices;

public sealed class DeviceProofTests
{
    [Fact]
    public async Task A_call_without_a_proof_is_refused_before_JumpCloud_is_asked()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);
        var body = VerifyBody(mac);

        foreach (var header in new[] { null, "", "Bearer x", "JumpCloud-System", "JumpCloud-System keyId=\"system/zz\",date=\"x\",signature=\"AAAA\"" })
        {
            (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, header)).IsProblem(401, "proof-missing");
        }

        Assert.Empty(backend.JumpCloud.Journal.Requests);
    }

    [Fact]
    public async Task A_stale_proof_is_refused_and_the_answer_tells_the_time()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend) { ClockShift = TimeSpan.FromMinutes(-6) };
        var body = VerifyBody(mac);

        var reply = (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, mac.Proof("POST", "/api/verify", body))).IsProblem(401, "proof-stale");

        Assert.Contains("Date", reply.Headers.Keys);
        Assert.Empty(backend.JumpCloud.Journal.Requests);
    }

    [Fact]
    public async Task A_forged_signature_is_refused()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);
        using var thief = new WireMac(backend);
        var body = VerifyBody(mac);
        var forged = thief.Proof("POST", "/api/verify", body).Replace(thief.SystemId, mac.SystemId, StringComparison.Ordinal);

        (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, forged)).IsProblem(401, "proof-invalid");
    }

    [Fact]
    public async Task A_proof_of_one_call_is_no_proof_of_another()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);
        var (body, otherBody) = (VerifyBody(mac), VerifyBody(mac));

        (await mac.SendAsync(HttpMethod.Post, "/api/verify", otherBody, mac.Proof("POST", "/api/verify", body))).IsProblem(401, "proof-invalid");
        (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, mac.Proof("POST", "/api/token", body))).IsProblem(401, "proof-invalid");
        (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, mac.Proof("POST", "/api/verify", body, bound: false))).IsProblem(401, "proof-invalid");
    }

    [Fact]
    public async Task A_proof_is_good_once_also_after_a_restart()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        var body = VerifyBody(mac, anna);
        var proof = mac.Proof("POST", "/api/verify", body);
        (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, proof)).IsOk();

        (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, proof)).IsProblem(401, "proof-replayed");
        await backend.RestartAsync();
        (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, proof)).IsProblem(401, "proof-replayed");
    }

    [Fact]
    public async Task Another_spelling_of_a_used_signature_is_no_other_proof()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);
        var body = VerifyBody(mac);
        var proof = mac.Proof("POST", "/api/verify", body);
        (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, proof)).IsProblem(403, "not-verified");

        // 256 bytes leave four bits of the last base64 digit unused, and decoders read over them.
        var digit = proof[^4];
        Assert.Contains(digit, "AQgw");
        var respelled = $"{proof[..^4]}{(char)(digit + 1)}{proof[^3..]}";
        (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, respelled)).IsProblem(401, "proof-missing");
    }

    [Fact]
    public async Task The_relayed_read_carries_nothing_of_ours()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);
        await mac.VerifyAsync("nobody@example.com", "x");

        var relayed = Assert.Single(backend.JumpCloud.Journal.Find("GET", "/api/systems/*"));

        Assert.Equal("signature", relayed.Auth);
        Assert.Null(relayed.OrgId);
        Assert.Contains("?binding=", relayed.PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Mac_that_JumpCloud_bars_from_System_Context_is_refused()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend, system => system with { ProvisionMetadata = new(new("mdm")) });

        (await mac.VerifyAsync("anna@example.com", "x")).IsProblem(401, "proof-invalid");
    }

    [Fact]
    public async Task With_the_binding_off_an_unbound_proof_is_good_once()
    {
        await using var backend = await Backend.StartAsync(new() { ["Device:ProofBinding"] = "none" });
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        var body = VerifyBody(mac, anna);
        var proof = mac.Proof("POST", "/api/verify", body, bound: false);

        (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, proof)).IsOk();
        (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, proof)).IsProblem(401, "proof-replayed");
    }

    [Fact]
    public async Task A_directory_that_does_not_answer_the_relay_is_unavailable_and_not_a_refusal()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Method = "GET", Path = "/api/systems/*", Status = 502 });

        var reply = (await mac.VerifyAsync("anna@example.com", "x")).IsProblem(503, "directory-unavailable");

        Assert.Contains("Retry-After", reply.Headers.Keys);
    }

    [Fact]
    public void Only_the_exact_header_is_a_proof()
    {
        var good = new DeviceProof(new('a', 24), "Mon, 23 Nov 2026 10:00:00 GMT", Convert.ToBase64String(new byte[256]));
        Assert.True(DeviceProof.TryParse(good.ToHeader(), out var parsed));
        Assert.Equal(good, parsed);
        foreach (var bad in new[]
        {
            good.ToHeader() + ",x=\"y\"",
            good.ToHeader().Replace("keyId", "keyid", StringComparison.Ordinal),
            good.ToHeader().Replace("system/a", "system/A", StringComparison.Ordinal),
            good.ToHeader().Replace("GMT", "CET", StringComparison.Ordinal),
            good.ToHeader() + ",date=\"Mon, 23 Nov 2026 10:00:00 GMT\"",
            good.ToHeader().Replace("AAAA", "A\nAA", StringComparison.Ordinal),
            new string('x', 4000),
        })
        {
            Assert.False(DeviceProof.TryParse(bad, out _), bad);
        }

    }

    private static byte[] VerifyBody(WireMac mac, TenantUser? person = null) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
    {
        nonce = WireMac.Nonce(),
        serialNumber = mac.SerialNumber,
        identifier = person?.Email ?? "anna@example.com",
        secret = person?.EmployeeIdentifier ?? "x",
    }));
}
