using Prestage.Functions.Devices;
using Prestage.Functions.Hosting;
using Prestage.Functions.Identity;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Passcodes;

public sealed class RefusalWorkTests
{
    public static TheoryData<string> Reasons =>
    [
        "unknown", "two", "no-passcode", "wrong", "empty-after-normalizing", "expired", "used", "other-serial", "suspended", "locked", "administrator",
        "password-held-elsewhere",
    ];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task Every_refusal_is_one_search_one_read_and_one_key_derivation(string reason)
    {
        await using var backend = await PasscodeTests.StartAsync();
        var passcode = await PrepareAsync(backend, reason);
        var persons = backend.Get<PersonVerifier>();

        var usage = CallUsage.Begin();
        var (person, why) = await persons.VerifyAsync(
            new(IdentifierField.Email, "anna@example.com"), new(passcode), "C02TEST", new DeviceNow(null, null), TestContext.Current.CancellationToken);

        Assert.Null(person);
        Assert.NotEmpty(why);
        Assert.Equal((1, 1, 1), (usage.DirectoryCalls, usage.TableOperations, usage.KeyDerivations));
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task Every_refusal_is_the_same_answer_for_the_same_calls(string reason)
    {
        await using var backend = await PasscodeTests.StartAsync();
        var passcode = await PrepareAsync(backend, reason);
        var (reference, referenceCalls) = await TryAsync(backend, "nobody-at-all@example.com", "AAAAA-BBBBB");

        var (reply, calls) = await TryAsync(backend, "anna@example.com", passcode);

        Assert.Equal(reference, reply);
        Assert.Equal(referenceCalls, calls);
    }

    private static async Task<(string Answer, string Calls)> TryAsync(Backend backend, string identifier, string passcode)
    {
        using var mac = new WireMac(backend);
        backend.Log.Clear();
        var reply = (await mac.VerifyAsync(identifier, passcode)).IsProblem(403, "not-verified");
        var body = reply.Json.AsObject();
        body.Remove("traceId");
        var line = await backend.LineOfAsync("/api/verify");

        var headers = string.Join('\n', reply.Headers.Where(header => header.Key != "Date").Select(header => $"{header.Key}: {header.Value}").Order());
        return ($"{headers}\n{body.ToJsonString()}", line[line.IndexOf("ms:", StringComparison.Ordinal)..line.IndexOf(", trace", StringComparison.Ordinal)]);
    }

    private static async Task<string> PrepareAsync(Backend backend, string reason)
    {
        const string Any = "AAAAA-BBBBB";
        var portal = new PortalClient(backend);
        var anna = People.Active();
        if (reason != "unknown")
        {
            anna = backend.JumpCloud.Tenant.AddUser(reason switch
            {
                "suspended" => anna with { Suspended = true, State = "SUSPENDED" },
                "locked" => anna with { AccountLocked = true },
                "administrator" => anna with { Admin = new(new('a', 24)) },
                "password-held-elsewhere" => People.New() with { ExternallyManaged = true },
                _ => anna,
            });
        }

        if (reason is "unknown" or "no-passcode")
        {
            return Any;
        }

        var passcode = await portal.PasscodeAsync(
            new { userId = anna.Id, expiresInHours = 1, serialNumber = reason == "other-serial" ? "ANOTHER" : null });
        switch (reason)
        {
            case "two":
                backend.JumpCloud.Tenant.AddUser(anna with { Id = "", Username = "anna2", Email = "ANNA@example.com" });
                break;
            case "expired":
                backend.Clock.Advance(TimeSpan.FromHours(2));
                break;
            case "used":
                using (var mac = new WireMac(backend))
                {
                    (await mac.VerifyAsync(anna.Email, passcode)).IsOk();
                }

                break;
        }

        return reason switch
        {
            "wrong" => Any,
            "empty-after-normalizing" => " - - ",
            _ => passcode,
        };
    }
}
