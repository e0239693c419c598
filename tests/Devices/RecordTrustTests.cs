using System.Text.Json;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Devices;

/// <summary>The weaker mode: who knows the device key is believed to be the Mac that it names, as far as the record allows.</summary>
public sealed class RecordTrustTests
{
    private const string Key = "dk-7Yq2VbN0sXcR4mWjT9pLzKf6HuE3aGo1DiB5";

    [Fact]
    public async Task A_Mac_whose_signatures_JumpCloud_refuses_enrolls_by_its_record()
    {
        await using var backend = await StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = RecordMac(backend);

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        (await mac.ActivateAsync(People.Password)).IsOk();
        (await mac.AssociateAsync()).IsOk();
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);

        (await mac.UntilAsync("completed")).IsOk();
        Assert.DoesNotContain(backend.JumpCloud.Journal.Requests, request => request.Auth == "signature");
        Assert.Empty(await backend.RowsAsync("Proofs"));
    }

    [Fact]
    public async Task Without_the_right_key_nothing_is_asked_of_JumpCloud_and_no_try_is_spent()
    {
        await using var backend = await StartAsync(("Attempts:Max", "1"));
        var anna = backend.AddPerson(People.New());
        using var mac = RecordMac(backend);
        var (body, header) = (VerifyBody(mac, anna), new RecordClaim(mac.SystemId).ToHeader());

        foreach (var missing in new[] { null, string.Empty })
        {
            (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, header, deviceKey: missing)).IsProblem(401, "proof-missing");
        }

        foreach (var wrong in new[] { "x", Key[..^1], $"{Key}x", Key.ToLowerInvariant(), new string('k', Key.Length), new string('k', 5000) })
        {
            var refused = (await mac.SendAsync(HttpMethod.Post, "/api/verify", body, header, deviceKey: wrong)).IsProblem(401, "proof-invalid");
            Assert.Equal(RecordClaim.Scheme, refused.Headers["WWW-Authenticate"]);
        }

        Assert.Empty(backend.JumpCloud.Journal.Requests);
        Assert.Empty(await backend.RowsAsync("Attempts"));
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    [Fact]
    public async Task A_header_of_the_other_mode_is_refused_with_the_name_of_the_right_one()
    {
        await using var trusting = await StartAsync();
        using var signing = new WireMac(trusting);
        await using var strict = await Backend.StartAsync();
        using var claiming = new WireMac(strict) { DeviceKey = Key };
        foreach (var path in new[] { "/api/verify", "/api/report" })
        {
            Check(await signing.WithProofAsync(path, AnyBody(signing)), RecordClaim.Scheme);
            Check(await claiming.WithProofAsync(path, AnyBody(claiming)), DeviceProof.Scheme);
        }

        Check(await claiming.RenewTokenAsync(), DeviceProof.Scheme);
        Assert.Empty(trusting.JumpCloud.Journal.Requests);
        Assert.Empty(strict.JumpCloud.Journal.Requests);

        static void Check(Reply reply, string scheme)
        {
            reply.IsProblem(401, "proof-missing");
            Assert.Equal(scheme, reply.Headers["WWW-Authenticate"]);
            Assert.StartsWith($"Authorization must be {scheme} keyId=", reply.Text("detail"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_made_up_id_is_no_Mac()
    {
        await using var backend = await StartAsync();
        using var mac = RecordMac(backend);
        var body = VerifyBody(mac, People.New());
        var right = new RecordClaim(mac.SystemId).ToHeader();

        (await SendAsync(new RecordClaim(new('a', 24)).ToHeader())).IsProblem(401, "proof-invalid");
        foreach (var malformed in new[]
        {
            right.ToUpperInvariant(), $"{right},x=\"y\"", right.Replace("system/", "user/", StringComparison.Ordinal), RecordClaim.Scheme,
            right.Replace(mac.SystemId, $"{mac.SystemId[..^2]}/x", StringComparison.Ordinal), right.Replace("\"", string.Empty, StringComparison.Ordinal),
        })
        {
            (await SendAsync(malformed)).IsProblem(401, "proof-missing");
        }

        Assert.Single(backend.JumpCloud.Journal.Requests);

        Task<Reply> SendAsync(string header) => mac.SendAsync(HttpMethod.Post, "/api/verify", body, header, deviceKey: Key);
    }

    [Fact]
    public async Task The_record_must_fit_as_in_the_stronger_mode()
    {
        await using var backend = await StartAsync(("Attempts:Max", "1"), ("Device:RequireMdm", "true"));
        var anna = backend.AddPerson(People.New());
        using var windows = RecordMac(backend, system => system with { OsFamily = "windows" });
        using var old = RecordMac(backend, system => system with { Created = backend.Clock.GetUtcNow().AddDays(-30).ToString("O") });
        using var unmanaged = RecordMac(backend, system => system with { Mdm = new("none") });
        using var serial = RecordMac(backend, system => system with { SerialNumber = "C02SOMEOTHER" });
        using var foreign = RecordMac(backend, system => system with { Organization = new('9', 24) });

        foreach (var mac in new[] { windows, old, unmanaged, serial })
        {
            (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");
        }

        // JumpCloud does not show another organization's record to our key.
        (await foreign.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(401, "proof-invalid");
        using var right = RecordMac(backend);
        (await right.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    [Fact]
    public async Task A_person_bound_since_the_verify_keeps_the_Mac()
    {
        await using var backend = await StartAsync();
        var anna = backend.AddPerson(People.Active("anna"), People.Password);
        var ben = backend.AddPerson(People.Active("ben"), People.Password);
        using var mac = RecordMac(backend);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        backend.JumpCloud.Tenant.Bind(mac.SystemId, ben.Id);

        (await mac.AssociateAsync()).IsProblem(403, "device-not-eligible");

        Assert.Equal(ben.Id, Assert.Single(backend.Bindings(mac)).UserId);
        Assert.Equal("verified", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task A_finished_Mac_is_enrolled_already_also_for_its_own_person()
    {
        await using var backend = await StartAsync();
        var anna = backend.AddPerson(People.Active("anna"), People.Password);
        using var mac = RecordMac(backend);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        (await mac.AssociateAsync()).IsOk();
        backend.ShowManaged(mac, "anna");
        (await mac.CompleteAsync()).IsOk(202);
        await mac.UntilAsync("completed");

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(409, "already-enrolled");
    }

    [Fact]
    public async Task A_Mac_with_a_person_on_it_enrolls_only_when_it_was_released_and_once()
    {
        await using var backend = await StartAsync(("Attempts:Max", "1"), ("Portal:Auth", "key"), ("Portal:Key", PortalClient.Key));
        var portal = new PortalClient(backend);
        var earlier = backend.AddPerson(People.Active("earlier"), People.Password);
        var anna = backend.AddPerson(People.Active("anna"), People.Password);
        var ben = backend.AddPerson(People.Active("ben"), People.Password);
        using var mac = RecordMac(backend);
        backend.JumpCloud.Tenant.Bind(mac.SystemId, earlier.Id);

        var refused = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");
        Assert.Contains("A person is bound", refused.Text("detail"), StringComparison.Ordinal);
        (await mac.VerifyAsync(earlier.Email, earlier.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");
        (await portal.PostAsync($"devices/{mac.SystemId}/release")).IsOk();

        var first = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk().Text("enrollmentId");
        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");
        Assert.Equal(first, (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk().Text("enrollmentId"));
        (await mac.AssociateAsync()).IsOk();
        Assert.Equal(first, (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk().Text("enrollmentId"));

        using var cancelled = RecordMac(backend);
        backend.JumpCloud.Tenant.Bind(cancelled.SystemId, earlier.Id);
        (await portal.PostAsync($"devices/{cancelled.SystemId}/release")).IsOk();
        var second = (await cancelled.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsOk().Text("enrollmentId");
        (await portal.PostAsync($"enrollments/{second}/cancel")).IsOk();
        (await cancelled.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");
    }

    [Fact]
    public async Task The_person_of_the_Mac_s_own_enrollment_resumes_it_after_the_binding_and_nobody_beside()
    {
        await using var backend = await StartAsync();
        var anna = backend.AddPerson(People.Active("anna"), People.Password);
        var ben = backend.AddPerson(People.Active("ben"), People.Password);
        using var mac = RecordMac(backend);
        var first = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        (await mac.AssociateAsync()).IsOk();

        var again = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        Assert.Equal((first.Text("enrollmentId"), "associated"), (again.Text("enrollmentId"), again.Text("state")));
        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsProblem(409, "already-enrolled");
        backend.JumpCloud.Tenant.Bind(mac.SystemId, ben.Id);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");
    }

    [Fact]
    public async Task No_device_key_yields_a_token_of_an_enrollment_that_a_person_was_verified_for()
    {
        await using var backend = await StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = RecordMac(backend);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        var calls = backend.JumpCloud.Journal.Requests.Count;

        var refused = (await mac.RenewTokenAsync()).IsProblem(403, "forbidden");

        Assert.Contains("POST /api/verify", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(calls, backend.JumpCloud.Journal.Requests.Count);
        Assert.Equal("verified", (await mac.EnrollmentAsync()).IsOk().Text("state"));
    }

    [Fact]
    public async Task Reports_are_kept_within_the_Mac_s_budget_and_need_their_nonce()
    {
        await using var backend = await StartAsync();
        using var mac = RecordMac(backend);
        for (var i = 0; i < 65; i++)
        {
            (await mac.WithProofAsync("/api/report", AnyBody(mac))).IsOk(204);
        }

        Assert.Equal(60, (await backend.EventsAsync("Devices")).Count);
        (await mac.WithProofAsync("/api/report", new { level = "info", step = "s", code = "c", message = "m" })).IsProblem(400, "invalid-request");
        (await mac.WithProofAsync("/api/verify", new { serialNumber = "C", identifier = "a", secret = "b" })).IsProblem(400, "invalid-request");
    }

    [Fact]
    public async Task Who_has_the_key_and_makes_ids_up_asks_JumpCloud_300_times_a_minute()
    {
        await using var backend = await StartAsync();
        using var mac = RecordMac(backend);
        for (var i = 0; i < 300; i++)
        {
            (await ClaimAsync(i)).IsProblem(401, "proof-invalid");
        }

        (await ClaimAsync(300)).IsProblem(503, "directory-unavailable");
        Assert.Equal(300, backend.JumpCloud.Journal.Requests.Count);
        backend.Clock.Advance(TimeSpan.FromMinutes(1));
        (await ClaimAsync(301)).IsProblem(401, "proof-invalid");

        Task<Reply> ClaimAsync(int number) => mac.SendAsync(
            HttpMethod.Post, "/api/report", JsonSerializer.SerializeToUtf8Bytes(AnyBody(mac)), new RecordClaim($"{number:x24}").ToHeader(), deviceKey: Key);
    }

    private static async Task<Backend> StartAsync(params (string Name, string Value)[] more)
    {
        var settings = more.ToDictionary(setting => setting.Name, setting => (string?)setting.Value);
        (settings["Device:Trust"], settings["Device:Key"]) = ("record", Key);
        var backend = await Backend.StartAsync(settings);
        backend.Canaries.Add("the device key", Key);
        return backend;
    }

    // As JumpCloud's own enrollment makes them: no signature of theirs is believed.
    private static WireMac RecordMac(Backend backend, Func<TenantSystem, TenantSystem>? change = null) => new(
        backend,
        system => (change?.Invoke(system) ?? system) with { ProvisionMetadata = new(new("mdm")) })
    {
        DeviceKey = Key,
    };

    private static byte[] VerifyBody(WireMac mac, TenantUser person) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        nonce = WireMac.Nonce(),
        serialNumber = mac.SerialNumber,
        identifier = person.Email,
        secret = person.EmployeeIdentifier,
    });

    // Right for verify and for report.
    private static object AnyBody(WireMac mac) => new
    {
        nonce = WireMac.Nonce(),
        serialNumber = mac.SerialNumber,
        identifier = "a@b.c",
        secret = "x",
        level = "info",
        step = "s",
        code = "c",
        message = "m",
    };
}
