using System.Net;
using Prestage.Functions.Storage;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Passcodes;

public sealed class PasscodeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_passcode_proves_its_person_in_any_spelling(bool byIdentifier)
    {
        await using var backend = await StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        var passcode = await new PortalClient(backend).PasscodeAsync(byIdentifier ? (object)new { identifier = anna.Email.ToUpperInvariant() } : new { userId = anna.Id });
        Assert.Matches("^[A-HJKMNP-Z2-9]{5}-[A-HJKMNP-Z2-9]{5}$", passcode);

        var spelled = $" {passcode.ToLowerInvariant().Replace('-', ' ').Insert(2, "–")}\u00a0";
        (await mac.VerifyAsync(anna.Email, spelled)).IsOk();

        var verified = (await backend.EventsAsync("Enrollments")).Single(row => row.GetString("Code") == "verified");
        Assert.Equal("With a passcode made by portal-key.", verified.GetString("Detail"));
        var made = Assert.Single(await backend.EventsAsync("Devices"));
        Assert.Equal(($"user-{anna.Id}", "portal-key", "passcode-created"), (made.PartitionKey, made.GetString("Actor"), made.GetString("Code")));
    }

    [Fact]
    public async Task It_is_told_once_and_neither_it_nor_its_hash_is_in_any_answer_or_line_after_that()
    {
        await using var backend = await StartAsync();
        var portal = new PortalClient(backend);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        var passcode = await portal.PasscodeAsync(new { userId = anna.Id });
        var row = Assert.Single(await backend.RowsAsync("Passcodes"));

        var replies = new[]
        {
            await mac.VerifyAsync(anna.Email, passcode),
            await mac.VerifyAsync(anna.Email, passcode),
            await mac.VerifyAsync(anna.Email, "wrong"),
            await portal.GetAsync($"enrollments/{mac.Token!.Split('.')[0]}"),
            await portal.PostAsync($"devices/{mac.SystemId}/release"),
            await portal.GetAsync($"devices/{mac.SystemId}"),
        };

        foreach (var secret in new[] { passcode, passcode.Replace("-", "", StringComparison.Ordinal), row.GetString("Hash")!, row.GetString("Salt")! })
        {
            Assert.All(replies, reply => Assert.DoesNotContain(secret, reply.Body, StringComparison.OrdinalIgnoreCase));
            Assert.All(backend.Log.Lines, line => Assert.DoesNotContain(secret, line, StringComparison.OrdinalIgnoreCase));
        }

        Assert.True(row.GetInt32("Iterations") >= 100_000);
        Assert.DoesNotContain("secret", replies.Select(reply => reply.Text("field")));
    }

    [Fact]
    public async Task It_is_good_for_one_enrollment_which_may_resume_with_it()
    {
        await using var backend = await StartAsync();
        var anna = backend.AddPerson(People.New());
        var passcode = await new PortalClient(backend).PasscodeAsync(new { userId = anna.Id });
        using var mac = new WireMac(backend);
        using var other = new WireMac(backend);

        var first = (await mac.VerifyAsync(anna.Email, passcode)).IsOk();
        (await other.VerifyAsync(anna.Email, passcode)).IsProblem(403, "not-verified");
        (await mac.ActivateAsync(People.Password)).IsOk();
        backend.Clock.Advance(TimeSpan.FromHours(73));
        var again = (await mac.VerifyAsync(anna.Email, passcode)).IsOk();

        Assert.Equal((first.Text("enrollmentId"), "activated"), (again.Text("enrollmentId"), again.Text("state")));
        (await new PortalClient(backend).PostAsync($"enrollments/{first.Text("enrollmentId")}/cancel")).IsOk();
        (await mac.VerifyAsync(anna.Email, passcode)).IsProblem(403, "not-verified");
    }

    [Fact]
    public async Task It_expires_after_three_days_or_when_asked()
    {
        await using var backend = await StartAsync();
        var portal = new PortalClient(backend);
        var (anna, ben) = (backend.AddPerson(People.New()), backend.AddPerson(People.New("ben")));
        var annas = await portal.PasscodeAsync(new { userId = anna.Id });
        var bens = await portal.PasscodeAsync(new { userId = ben.Id, expiresInHours = 1 });

        backend.Clock.Advance(TimeSpan.FromMinutes(61));
        using var first = new WireMac(backend);
        (await first.VerifyAsync(ben.Email, bens)).IsProblem(403, "not-verified");
        backend.Clock.Advance(TimeSpan.FromHours(71));
        using var second = new WireMac(backend);
        (await second.VerifyAsync(anna.Email, annas)).IsProblem(403, "not-verified");
    }

    [Fact]
    public async Task It_is_its_person_s_and_where_said_so_its_Mac_s()
    {
        await using var backend = await StartAsync();
        var portal = new PortalClient(backend);
        var (anna, ben) = (backend.AddPerson(People.New()), backend.AddPerson(People.New("ben")));
        using var mac = new WireMac(backend);
        using var other = new WireMac(backend);
        var annas = await portal.PasscodeAsync(new { userId = anna.Id, serialNumber = $" {mac.SerialNumber.ToLowerInvariant()} " });
        await portal.PasscodeAsync(new { userId = ben.Id });

        (await mac.VerifyAsync(ben.Email, annas)).IsProblem(403, "not-verified");
        (await other.VerifyAsync(anna.Email, annas)).IsProblem(403, "not-verified");
        (await mac.VerifyAsync(anna.Email, annas)).IsOk();
    }

    [Fact]
    public async Task A_new_one_is_the_end_of_the_earlier_one()
    {
        await using var backend = await StartAsync();
        var portal = new PortalClient(backend);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        var first = await portal.PasscodeAsync(new { userId = anna.Id });
        var second = await portal.PasscodeAsync(new { userId = anna.Id });

        (await mac.VerifyAsync(anna.Email, first)).IsProblem(403, "not-verified");
        (await mac.VerifyAsync(anna.Email, second)).IsOk();
    }

    [Fact]
    public async Task A_second_one_that_resumes_an_enrollment_is_used_up_as_well()
    {
        await using var backend = await StartAsync();
        var portal = new PortalClient(backend);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        using var other = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, await portal.PasscodeAsync(new { userId = anna.Id }))).IsOk();
        var second = await portal.PasscodeAsync(new { userId = anna.Id });

        (await mac.VerifyAsync(anna.Email, second)).IsOk();

        (await other.VerifyAsync(anna.Email, second)).IsProblem(403, "not-verified");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Twenty_racing_verifies_use_it_once(bool fromOneMac)
    {
        await using var backend = await StartAsync(("Attempts:Max", "100"));
        var anna = backend.AddPerson(People.New());
        var passcode = await new PortalClient(backend).PasscodeAsync(new { userId = anna.Id });
        var macs = Enumerable.Range(0, fromOneMac ? 1 : 20).Select(_ => new WireMac(backend)).ToList();

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => macs[i % macs.Count].VerifyAsync(anna.Email, passcode)));

        var won = replies.Where(reply => reply.Status == HttpStatusCode.OK).ToList();
        Assert.Single(won.Select(reply => reply.Text("enrollmentId")).Distinct());

        // A call of the same Mac that looked before the winner wrote may find the passcode used, or lose every race.
        Assert.All(replies.Except(won), reply => Assert.Contains(reply.Code, fromOneMac ? new[] { "busy", "not-verified" } : ["not-verified"]));
        var row = Assert.Single(await backend.RowsAsync("Enrollments"), row => row.RowKey.StartsWith("s|", StringComparison.Ordinal));
        Assert.EndsWith(row.RowKey[2..], Assert.Single(await backend.RowsAsync("Passcodes")).GetString("UsedBy"), StringComparison.Ordinal);
        macs.ForEach(mac => mac.Dispose());
    }

    [Fact]
    public async Task A_verify_that_died_behind_its_use_is_resumed_with_it()
    {
        await using var backend = await StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        var passcode = await new PortalClient(backend).PasscodeAsync(new { userId = anna.Id });
        var id = await backend.PointAsync(mac.SystemId);
        var row = Assert.Single(await backend.RowsAsync("Passcodes"));
        row["UsedBy"] = id;
        await backend.Tables.GetTableClient("Passcodes").InsertOrReplaceEntityAsync(row, TestContext.Current.CancellationToken);

        Assert.Equal(id, (await mac.VerifyAsync(anna.Email, passcode)).IsOk().Text("enrollmentId"));
    }

    [Fact]
    public async Task Old_ones_are_purged_a_month_after_they_expired()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey(("Identity:Proof", "passcode")), byHand: true);
        var anna = backend.AddPerson(People.New());
        await new PortalClient(backend).PasscodeAsync(new { userId = anna.Id });

        backend.Clock.Advance(TimeSpan.FromDays(32));
        var early = await backend.ReconcileAsync();
        Assert.Single(await backend.RowsAsync("Passcodes"));
        backend.Clock.Advance(TimeSpan.FromDays(2));
        var late = await backend.ReconcileAsync();

        Assert.Empty(await backend.RowsAsync("Passcodes"));
    }

    [Theory]
    [InlineData("{}", "userId")]
    [InlineData("{\"userId\":\"x\"}", "userId")]
    [InlineData("{\"identifier\":\"a@b.c\",\"userId\":\"aaaaaaaaaaaaaaaaaaaaaaaa\"}", "userId")]
    [InlineData("{\"identifier\":\" \"}", "identifier")]
    [InlineData("{\"identifier\":\"a@b.c\",\"expiresInHours\":0}", "expiresInHours")]
    [InlineData("{\"identifier\":\"a@b.c\",\"expiresInHours\":337}", "expiresInHours")]
    [InlineData("{\"identifier\":\"a@b.c\",\"expiresInHours\":1.5}", "expiresInHours")]
    [InlineData("{\"identifier\":\"a@b.c\",\"serialNumber\":\"a\\nb\"}", "serialNumber")]
    public async Task A_wrong_field_is_named(string body, string field)
    {
        await using var backend = await StartAsync();

        Assert.Equal(field, (await new PortalClient(backend).PostAsync("passcodes", body)).IsProblem(400, "invalid-request").Text("field"));
    }

    [Fact]
    public async Task Only_one_person_of_the_directory_gets_one_and_only_where_passcodes_are_asked_for()
    {
        await using var backend = await StartAsync();
        var portal = new PortalClient(backend);
        var anna = backend.AddPerson(People.New());
        backend.JumpCloud.Tenant.AddUser(People.New("anna2") with { Email = "Anna@Example.com" });

        (await portal.PostAsync("passcodes", new { identifier = anna.Email })).IsProblem(404, "not-found");
        (await portal.PostAsync("passcodes", new { identifier = ".*" })).IsProblem(404, "not-found");
        (await portal.PostAsync("passcodes", new { userId = new string('0', 24) })).IsProblem(404, "not-found");
        await backend.RestartAsync(PortalClient.WithKey());
        (await portal.PostAsync("passcodes", new { userId = anna.Id })).IsProblem(409, "wrong-state");
        Assert.Empty(await backend.RowsAsync("Passcodes"));
    }

    internal static Task<Backend> StartAsync(params (string, string)[] more) =>
        Backend.StartAsync(PortalClient.WithKey([("Identity:Proof", "passcode"), .. more]));
}
