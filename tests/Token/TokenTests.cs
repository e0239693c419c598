using Prestage.Tests.Activate;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Token;

public sealed class TokenTests
{
    [Fact]
    public async Task A_Mac_gets_a_new_token_for_its_open_enrollment_and_the_old_one_is_dead()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        var earlier = mac.Token;

        var reply = (await mac.RenewTokenAsync()).IsOk();

        Assert.Equal("verified", reply.Text("state"));
        Assert.True((bool)reply.Json["passwordRequired"]!);
        (await mac.EnrollmentAsync()).IsOk();
        (await mac.SendAsync(HttpMethod.Get, "/api/enrollment", null, $"Bearer {earlier}")).IsProblem(401, "token-invalid");
    }

    [Fact]
    public async Task A_Mac_without_an_open_enrollment_is_told_to_start_again()
    {
        await using var backend = await Backend.StartAsync();
        using var mac = new WireMac(backend);

        (await mac.RenewTokenAsync()).IsProblem(404, "not-found");
    }

    [Fact]
    public async Task A_Mac_whose_enrollment_has_ended_gets_no_new_token()
    {
        await using var backend = await Backend.StartAsync(PortalClient.WithKey());
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        (await new PortalClient(backend).PostAsync($"enrollments/{mac.Token!.Split('.')[0]}/cancel")).IsOk();

        (await mac.RenewTokenAsync()).IsProblem(404, "not-found");
    }

    [Fact]
    public async Task A_token_ends_after_two_hours()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());

        backend.Clock.Advance(TimeSpan.FromHours(2));

        (await mac.EnrollmentAsync()).IsProblem(401, "token-invalid");
        (await mac.RenewTokenAsync()).IsOk();
        (await mac.EnrollmentAsync()).IsOk();
    }

    [Fact]
    public async Task Of_parallel_renewals_only_the_last_one_counts()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());

        var replies = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => mac.WithProofAsync("/api/token", new { nonce = WireMac.Nonce() })));

        var good = 0;
        foreach (var reply in replies.Where(reply => reply.Code is null))
        {
            var state = await mac.SendAsync(HttpMethod.Get, "/api/enrollment", null, $"Bearer {reply.Text("token")}");
            good += state.Code is null ? 1 : 0;
        }

        Assert.Equal(1, good);
    }

    [Fact]
    public async Task What_is_no_token_is_refused()
    {
        await using var backend = await Backend.StartAsync();
        var (mac, _) = await ActivateTests.VerifiedAsync(backend, People.New());
        var token = mac.Token!;
        var other = token[..^1] + (token[^1] == 'A' ? 'B' : 'A');

        foreach (var header in new[] { null, "Bearer", "Bearer ", $"bearer {token}", $"Bearer {token}x", $"Bearer {other}", $"Basic {token}", $"Bearer {token.Replace('.', '/')}" })
        {
            (await mac.SendAsync(HttpMethod.Get, "/api/enrollment", null, header)).IsProblem(401, "token-invalid");
        }
    }
}
