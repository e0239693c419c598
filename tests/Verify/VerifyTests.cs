using System.Net;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Verify;

public sealed class VerifyTests
{
    [Fact]
    public async Task A_new_person_on_a_new_Mac_gets_an_enrollment_and_the_rules_for_a_password()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New() with { SystemUsername = "aberg" });
        using var mac = new WireMac(backend);

        var reply = (await mac.VerifyAsync(" ANNA@example.com ", anna.EmployeeIdentifier)).IsOk();

        Assert.Equal("verified", reply.Text("state"));
        Assert.True((bool)reply.Json["passwordRequired"]!);
        Assert.Equal("aberg", reply.Json["account"]!["username"]!.ToString());
        Assert.Equal("Anna Berg", reply.Json["account"]!["fullName"]!.ToString());
        Assert.False((bool)reply.Json["account"]!["admin"]!);
        Assert.Equal(12, (int)reply.Json["passwordPolicy"]!["minLength"]!);
        Assert.True((bool)reply.Json["passwordPolicy"]!["notUsername"]!);
        Assert.Contains(mac.SystemId, backend.JumpCloud.Tenant.Now.Groups[backend.EnrollmentGroup].Members);
    }

    [Fact]
    public async Task An_active_person_with_the_right_secret_needs_no_password()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.Active() with { Sudo = true, PasswordExpired = true }, People.Password);
        using var mac = new WireMac(backend);

        var reply = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        Assert.False((bool)reply.Json["passwordRequired"]!);
        Assert.True((bool)reply.Json["account"]!["admin"]!);
        Assert.Null(reply.Json["passwordPolicy"]);
        Assert.Equal("associate", (await mac.EnrollmentAsync()).Text("next"));
        Assert.Equal("password-expired", (await mac.EnrollmentAsync()).Json["warnings"]![0]!.ToString());
    }

    public static TheoryData<string> PeopleWhoAreRefused =>
        ["unknown", "two", "suspended", "state", "locked", "administrator", "ad", "restricted", "wrong-secret", "no-secret-stored", "inactive-ad"];

    [Theory]
    [MemberData(nameof(PeopleWhoAreRefused))]
    public async Task Every_refusal_of_a_person_is_the_same_answer_for_the_same_work(string reason)
    {
        await using var backend = await Backend.StartAsync(new() { ["Identity:ResetActivePasswords"] = "true" });
        using var other = new WireMac(backend);
        var reference = (await other.VerifyAsync("nobody-at-all@example.com", "x")).IsProblem(403, "not-verified");
        var anna = People.Active();
        anna = reason switch
        {
            "suspended" => anna with { Suspended = true, State = "SUSPENDED" },
            "state" => anna with { State = "SUSPENDED" },
            "locked" => anna with { AccountLocked = true },
            "administrator" => anna with { Admin = new(new('a', 24)) },
            "ad" => anna with { DelegatedAuthority = new(new('b', 24)) },
            "restricted" => anna with { RestrictedFields = [new("password")] },
            "inactive-ad" => People.New() with { ExternallyManaged = true },
            "no-secret-stored" => anna with { EmployeeIdentifier = null },
            _ => anna,
        };
        if (reason != "unknown")
        {
            backend.JumpCloud.Tenant.AddUser(anna);
        }

        if (reason == "two")
        {
            backend.JumpCloud.Tenant.AddUser(anna with { Id = "", Username = "anna2", Email = "ANNA@example.com" });
        }

        using var mac = new WireMac(backend);
        backend.JumpCloud.Journal.Clear();
        var secret = reason is "wrong-secret" ? "not-the-word" : anna.EmployeeIdentifier ?? "anything";
        var reply = (await mac.VerifyAsync("anna@example.com", secret)).IsProblem(403, "not-verified");

        Assert.Equal(Comparable(reference), Comparable(reply));
        Assert.Equal(4, (int)reply.Json["attemptsLeft"]!);
        Assert.Equal(1, backend.JumpCloud.Journal.Count("POST", "/api/search/systemusers"));
        Assert.Equal(2, backend.JumpCloud.Journal.Requests.Count);
        Assert.Null(reply.Json["field"]);
        Assert.Single((await backend.RefusalCostsAsync(2)).Distinct());
        await TheTrueReasonIsKeptAsync(backend, mac, reason);
    }

    [Fact]
    public async Task The_serial_number_must_be_the_one_of_the_proven_Mac()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend, system => system with { SerialNumber = "ANOTHER" });

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");
        Assert.Equal(0, backend.JumpCloud.Journal.Count("POST", "/api/search/systemusers"));
    }

    [Fact]
    public async Task A_Mac_created_30_days_ago_may_not_enroll()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend, system => system with { Created = backend.Clock.GetUtcNow().AddDays(-30).ToString("O") });

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");
    }

    [Fact]
    public async Task A_Mac_of_another_organization_may_not_enroll()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend, system => system with { Organization = new('9', 24) });

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(403, "device-not-eligible");
    }

    [Fact]
    public async Task A_machine_that_is_no_Mac_may_not_enroll()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend, system => system with { OsFamily = "windows" });

        (await mac.VerifyAsync("anna@example.com", "x")).IsProblem(403, "device-not-eligible");
    }

    [Fact]
    public async Task The_same_person_again_gets_the_same_enrollment_and_the_earlier_token_is_dead()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        var first = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        (await mac.ActivateAsync(People.Password)).IsOk();
        var earlier = mac.Token;

        var again = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        Assert.Equal(first.Text("enrollmentId"), again.Text("enrollmentId"));
        Assert.Equal("activated", again.Text("state"));
        Assert.True((bool)again.Json["passwordRequired"]!);
        Assert.NotEqual(earlier, mac.Token);
        (await mac.SendAsync(HttpMethod.Get, "/api/enrollment", null, $"Bearer {earlier}")).IsProblem(401, "token-invalid");
    }

    [Fact]
    public async Task Another_person_before_the_binding_supersedes_the_first()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        var ben = backend.AddPerson(People.New("ben"));
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        var annasToken = mac.Token;

        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsOk();

        var annas = await mac.SendAsync(HttpMethod.Get, "/api/enrollment", null, $"Bearer {annasToken}");
        Assert.Equal(("superseded", "none"), (annas.Text("state"), annas.Text("next")));
        Assert.Equal("verified", (await mac.EnrollmentAsync()).Text("state"));
    }

    [Fact]
    public async Task From_the_binding_on_nobody_else_gets_the_Mac()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.Active(), People.Password);
        var ben = backend.AddPerson(People.New("ben"));
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        (await mac.AssociateAsync()).IsOk();

        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsProblem(409, "already-enrolled");
        Assert.Equal("associated", (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk().Text("state"));
    }

    [Fact]
    public async Task Two_people_racing_for_one_Mac_leave_one_enrollment_open()
    {
        await using var backend = await Backend.StartAsync();
        var people = Enumerable.Range(0, 4).Select(i => backend.AddPerson(People.New($"person{i}"))).ToList();
        using var mac = new WireMac(backend);

        var replies = await Task.WhenAll(people.Select(person => mac.WithProofAsync(
            "/api/verify", new { nonce = WireMac.Nonce(), serialNumber = mac.SerialNumber, identifier = person.Email, secret = person.EmployeeIdentifier })));

        Assert.Contains(replies, reply => reply.Status == HttpStatusCode.OK);
        var states = await Task.WhenAll(replies.Where(reply => reply.Status == HttpStatusCode.OK)
            .Select(reply => mac.SendAsync(HttpMethod.Get, "/api/enrollment", null, $"Bearer {reply.Text("token")}")));
        Assert.Single(states, state => state.Text("state") == "verified");
        Assert.All(states, state => Assert.Contains(state.Text("state"), new[] { "verified", "superseded" }));
    }

    [Fact]
    public async Task With_no_proof_asked_only_people_without_a_password_may_enroll()
    {
        await using var backend = await Backend.StartAsync(new() { ["Identity:Proof"] = "none", ["Identity:Identifier"] = "lastname" });
        var anna = backend.AddPerson(People.New());
        backend.AddPerson(People.Active("ben") with { Lastname = "Active" }, People.Password);
        using var mac = new WireMac(backend);

        (await mac.VerifyAsync("active", null)).IsProblem(403, "not-verified");
        (await mac.VerifyAsync(anna.Lastname, null)).IsOk();

        (await mac.ActivateAsync(People.Password)).IsOk();
        Assert.Equal("activated", (await mac.VerifyAsync(anna.Lastname, null)).IsOk().Text("state"));
        using var other = new WireMac(backend);
        (await other.VerifyAsync(anna.Lastname, null)).IsProblem(403, "not-verified");
    }

    [Fact]
    public async Task An_identifier_cannot_change_the_meaning_of_the_search()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());

        foreach (var text in new[] { ".*", "anna@example.co.", "anna@example.com|x", "^anna", "{\"$ne\":\"\"}", "anna@example.com\",\"x\":\"" })
        {
            using var fresh = new WireMac(backend);
            (await fresh.VerifyAsync(text, anna.EmployeeIdentifier)).IsProblem(403, "not-verified");
        }
    }

    [Fact]
    public async Task Five_wrong_tries_lock_the_Mac_and_the_identity_and_the_lock_ends()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        for (var left = 4; left >= 0; left--)
        {
            Assert.Equal(left, (int)(await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified").Json["attemptsLeft"]!);
        }

        var locked = (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(429, "locked");
        Assert.Equal(locked.Text("retryAfterSeconds"), locked.Headers["Retry-After"]);
        Assert.InRange((int)locked.Json["retryAfterSeconds"]!, 890, 900);
        using var other = new WireMac(backend);
        (await other.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(429, "locked");

        backend.Clock.Advance(TimeSpan.FromMinutes(15));
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    [Fact]
    public async Task A_directory_that_fails_costs_no_try()
    {
        // A single try, if it were burnt, would lock.
        await using var backend = await Backend.StartAsync(new() { ["Attempts:Max"] = "1" });
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Method = "POST", Path = "/api/search/systemusers", Status = 503 });
        (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(503, "directory-unavailable");
        backend.JumpCloud.Faults.Clear();

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    // For operators, and without a word of who was claimed.
    private static async Task TheTrueReasonIsKeptAsync(Backend backend, WireMac mac, string reason)
    {
        var happened = Assert.Single(await backend.EventsAsync("Devices"), row => row.PartitionKey == mac.SystemId);
        var trueReason = reason switch
        {
            "two" => "ambiguous",
            "state" => "suspended",
            "ad" or "restricted" or "inactive-ad" => "password-held-elsewhere",
            "wrong-secret" or "no-secret-stored" => "unproven",
            _ => reason,
        };
        Assert.Equal(("not-verified", trueReason, "warning"), (happened.GetString("Code"), happened.GetString("Detail"), happened.GetString("Level")));
        Assert.DoesNotContain(happened, property => property.Value.ToString()!.Contains("anna", StringComparison.OrdinalIgnoreCase));
    }

    private static string Comparable(Reply reply)
    {
        var body = reply.Json.AsObject();
        body.Remove("traceId");
        body.Remove("attemptsLeft");
        var headers = reply.Headers.Where(header => header.Key != "Date").OrderBy(header => header.Key).Select(header => $"{header.Key}: {header.Value}");
        return $"{reply.Status}\n{string.Join('\n', headers)}\n{body.ToJsonString()}";
    }
}
