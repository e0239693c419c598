using System.Net.Http.Json;
using Prestage.Functions.Enrollments;
using Prestage.Functions.Identity;
using Prestage.Functions.JumpCloud;
using Prestage.Simulators.JumpCloud;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Activate;

/// <summary>What a Mac can make of calls that it breaks off itself, and of rights that a person has lost since verify.</summary>
public sealed class LostCallTests
{
    private const string FromIT = "From-IT-55-battery";
    private const string Evil = "Evil-Horse-66-battery";

    [Fact]
    public async Task A_Mac_that_hangs_up_gets_no_minute_in_which_ITs_password_counts_as_its_own()
    {
        await using var backend = await Backend.StartAsync(new() { ["Identity:Proof"] = "none" });
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        (await mac.VerifyAsync(anna.Email, null)).IsOk();
        await HangUpAsync(backend, mac);
        Assert.False(backend.JumpCloud.Tenant.CheckPassword(anna.Id, Evil));
        backend.Clock.Advance(TimeSpan.FromSeconds(20));
        backend.GivePassword(anna.Id, FromIT);
        backend.Clock.Advance(TimeSpan.FromSeconds(20));

        var reply = await mac.ActivateAsync(Evil);

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, FromIT), $"{(int)reply.Status} {reply.Body}");
    }

    [Fact]
    public async Task A_password_that_IT_replaced_soon_after_a_lost_answer_is_not_called_set()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.LostReply, Method = "PUT", Path = "/api/systemusers/*", Times = 1 });
        (await mac.ActivateAsync(People.Password)).IsProblem(503, "directory-unavailable");
        backend.Clock.Advance(TimeSpan.FromSeconds(20));
        backend.GivePassword(anna.Id, FromIT);

        var reply = await mac.ActivateAsync(People.Password);

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, FromIT));
        Assert.NotEqual(200, (int)reply.Status);
        mac.Dispose();
    }

    [Fact]
    public async Task A_call_that_JumpCloud_refused_as_too_many_is_no_call_whose_end_is_unknown()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        backend.JumpCloud.Faults.Add(
            new Fault { Kind = FaultKind.Status, Method = "PUT", Path = "/api/systemusers/*", Status = 429, Times = 1 });
        (await mac.ActivateAsync(Evil)).IsProblem(503, "directory-unavailable");
        backend.Clock.Advance(TimeSpan.FromSeconds(20));
        backend.GivePassword(anna.Id, FromIT);

        var reply = await mac.ActivateAsync(Evil);

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, FromIT), $"{(int)reply.Status} {reply.Body}");
        mac.Dispose();
    }

    [Fact]
    public async Task Who_is_no_administrator_everywhere_any_more_since_verify_is_bound_without_that_right()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New() with { Sudo = true });
        (await mac.ActivateAsync(People.Password)).IsOk();
        backend.JumpCloud.Tenant.UpdateUser(anna.Id, user => user with { Sudo = false });

        var reply = (await mac.AssociateAsync()).IsOk();

        Assert.Equal("false", reply.Json["account"]!["admin"]!.ToString());
        mac.Dispose();
    }

    [Fact]
    public async Task A_second_password_beside_the_binding_is_in_the_history()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, anna) = await ActivateTests.VerifiedAsync(backend, People.New());
        (await mac.ActivateAsync(People.Password)).IsOk();
        backend.Slow("PUT", "/api/systemusers/*", 1500);
        var second = mac.ActivateAsync(Evil);
        await Wait.UntilAsync(async () => (await backend.LastEventAsync(mac)).Code == "setting-password");

        (await mac.AssociateAsync()).IsOk();
        (await second).IsOk();

        Assert.True(backend.JumpCloud.Tenant.CheckPassword(anna.Id, Evil));
        Assert.Equal(2, (await backend.EventsOfAsync(mac)).Count(line => line.Code == "password-set"));
        mac.Dispose();
    }

    [Fact]
    public void A_person_whose_state_JumpCloud_does_not_tell_is_not_one_without_a_password()
    {
        var user = new SystemUser { Id = new('a', 24), Username = "anna", Activated = null };
        Assert.False(PersonStanding.IsKnownPassword(Row(), user));
        Assert.False(PersonStanding.IsKnownPassword(
            Row() with { HadPassword = true }, user with { Activated = true, PasswordDate = "17/12/2026 25:00" }));
    }

    private static EnrollmentRow Row() => new()
    {
        Id = EnrollmentId.Create(default(DateTimeOffset).AddYears(2025)),
        State = EnrollmentState.Verified,
        SystemId = "s",
        SerialNumber = "n",
        UserId = "u",
        Account = new("anna", "Anna", false),
        PasswordRequired = true,
        HadPassword = false,
        TokenHash = "",
        TokenExpiresAt = default,
        CreatedAt = default,
        UpdatedAt = default,
    };

    private static async Task HangUpAsync(Backend backend, WireMac mac)
    {
        // JumpCloud takes its time and refuses; the Mac does not wait for that.
        backend.Slow("PUT", "/api/systemusers/*", 2000);
        backend.JumpCloud.Faults.Add(new Fault { Kind = FaultKind.Status, Method = "PUT", Path = "/api/systemusers/*", Status = 500, Times = 1 });
        var struck = new TaskCompletionSource();
        backend.JumpCloud.Faults.OnStruck = (_, _) => struck.TrySetResult();
        backend.Canaries.Add("the password", Evil);
        using var http = new HttpClient();
        using var gone = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(backend.Url, "/api/activate"));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {mac.Token}");
        request.Content = JsonContent.Create(new { password = Evil });
        var call = http.SendAsync(request, gone.Token);
        await struck.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Wait.UntilAsync(async () => (await backend.LastEventAsync(mac)).Code != "setting-password");

        backend.JumpCloud.Faults.Clear();
    }
}
