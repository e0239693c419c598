using System.Net;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Identity;

public sealed class AttemptsTests
{
    [Fact]
    public async Task A_hundred_wrong_guesses_at_once_never_get_more_tries_than_allowed()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);

        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => mac.VerifyAsync(anna.Email, "wrong")));

        Assert.True(backend.JumpCloud.Journal.Count("POST", "/api/search/systemusers") <= 5);
        Assert.All(replies, reply => Assert.Contains(reply.Code, new[] { "not-verified", "locked", "busy", "directory-unavailable" }));
        Assert.True(replies.Count(reply => reply.Code == "not-verified") <= 5);
    }

    [Fact]
    public async Task A_hundred_right_ones_at_once_never_lock_the_Mac()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);

        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)));

        // Too many at once for the Mac, or for the relay: each may be repeated.
        Assert.All(replies, reply => Assert.True(reply.Status == HttpStatusCode.OK || reply.Code is "busy" or "directory-unavailable", reply.Body));
        Assert.Contains(replies, reply => reply.Status == HttpStatusCode.OK);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }

    [Fact]
    public async Task A_right_proof_clears_what_was_counted_of_the_person_and_not_of_the_Mac()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        using var other = new WireMac(backend);
        for (var i = 0; i < 3; i++)
        {
            (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified");
        }

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();

        Assert.Equal(4, (int)(await other.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified").Json["attemptsLeft"]!);
        Assert.Equal(1, (int)(await mac.VerifyAsync("nobody@example.com", "wrong")).IsProblem(403, "not-verified").Json["attemptsLeft"]!);
    }

    [Fact]
    public async Task Who_knows_one_right_proof_does_not_get_more_tries_at_others_from_one_Mac()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);

        var wrong = 0;
        for (var person = 0; person < 12; person++)
        {
            await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier);
            var reply = await mac.VerifyAsync($"person{person}@example.com", "wrong");
            if (reply.Code == "locked")
            {
                break;
            }

            reply.IsProblem(403, "not-verified");
            wrong++;
        }

        Assert.Equal(5, wrong);
    }

    [Fact]
    public async Task A_try_is_handed_back_whatever_fails()
    {
        await using var proxy = await StorageProxy.StartAsync(await AzuriteFixture.NewAccountAsync());
        await using var backend = await Backend.StartAsync(storage: proxy.ConnectionString);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        using var other = new WireMac(backend);
        var refusal = new StorageRefusal(403, "AuthorizationFailure");
        proxy.Refuse = request => request.Path.Value!.Contains("Devices", StringComparison.Ordinal) ? refusal : null;
        for (var i = 0; i < 5; i++)
        {
            Assert.True((int)(await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).Status >= 500);
        }

        proxy.RefuseAll(null);

        (await other.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        (await mac.VerifyAsync("nobody@example.com", "wrong")).IsProblem(403, "not-verified");
    }

    [Fact]
    public async Task A_Mac_s_try_is_handed_back_where_the_person_s_cannot_be_reserved()
    {
        await using var proxy = await StorageProxy.StartAsync(await AzuriteFixture.NewAccountAsync());
        await using var backend = await Backend.StartAsync(storage: proxy.ConnectionString);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        var inserts = 0;
        proxy.Refuse = request =>
            request.Method == "POST" && request.Path.Value!.Contains("Attempts", StringComparison.Ordinal) && ++inserts == 2
                ? new(403, "AuthorizationFailure")
                : null;

        Assert.True((int)(await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).Status >= 500);

        Assert.Empty(await backend.RowsAsync("Attempts"));
    }

    [Fact]
    public async Task A_lock_lasts_twice_as_long_each_time()
    {
        await using var backend = await Backend.StartAsync(new() { ["Attempts:Max"] = "1" });
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        foreach (var minutes in new[] { 15, 30, 60, 120 })
        {
            (await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(403, "not-verified");
            var seconds = (int)(await mac.VerifyAsync(anna.Email, "wrong")).IsProblem(429, "locked").Json["retryAfterSeconds"]!;
            Assert.InRange(seconds, (minutes * 60) - 10, minutes * 60);
            backend.Clock.Advance(TimeSpan.FromMinutes(minutes));
        }
    }

    [Fact]
    public async Task A_Mac_that_tries_many_people_is_locked_and_the_people_are_not()
    {
        await using var backend = await Backend.StartAsync();
        var ben = backend.AddPerson(People.New("ben"));
        using var mac = new WireMac(backend);
        for (var i = 0; i < 5; i++)
        {
            (await mac.VerifyAsync($"person{i}@example.com", "wrong")).IsProblem(403, "not-verified");
        }

        (await mac.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsProblem(429, "locked");
        using var other = new WireMac(backend);
        (await other.VerifyAsync(ben.Email, ben.EmployeeIdentifier)).IsOk();
    }

    [Fact]
    public async Task A_try_whose_process_died_is_free_again_after_a_while()
    {
        await using var backend = await Backend.StartAsync(new() { ["Attempts:Max"] = "1" });
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);
        await backend.ReserveAsync(mac.SystemId);
        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(429, "busy");

        backend.Clock.Advance(TimeSpan.FromMinutes(2));

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
    }
}
