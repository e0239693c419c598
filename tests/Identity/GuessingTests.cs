using System.Collections.Concurrent;
using System.Net;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Identity;

public sealed class GuessingTests
{
    private const int Macs = 50;
    private const int Guesses = 1000;
    private const int Windows = 4;
    private const int Max = 5;

    [Fact]
    public async Task A_thousand_guesses_at_one_person_from_fifty_Macs_reach_the_directory_five_times_a_window()
    {
        await using var backend = await Backend.StartAsync();
        var anna = backend.AddPerson(People.New());
        var macs = Enumerable.Range(0, Macs).Select(_ => new WireMac(backend)).ToList();
        string[] spellings = [anna.Email, anna.Email.ToUpperInvariant(), $" {anna.Email}", "Anna@Example.com\u00a0"];
        ConcurrentBag<string> codes = [];
        List<int> reached = [];

        foreach (var window in Enumerable.Range(0, Windows))
        {
            backend.JumpCloud.Journal.Clear();
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Guesses / Windows),
                new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken },
                async (guess, _) => codes.Add((await macs[guess % Macs].VerifyAsync(spellings[guess % spellings.Length], $"guess-{window}-{guess}")).Code!));
            reached.Add(backend.JumpCloud.Journal.Count("POST", "/api/search/systemusers"));
            backend.Clock.Advance(TimeSpan.FromMinutes(15));
        }

        Assert.Equal(Guesses, codes.Count);
        Assert.All(codes, code => Assert.Contains(code, new[] { "not-verified", "busy", "locked" }));

        // The second lock lasts for two windows.
        Assert.Equal([Max, Max, 0, Max], reached);
        Assert.Equal(3 * Max, codes.Count(code => code == "not-verified"));
        Assert.Equal(3, (await backend.EventsAsync("Devices")).Count(row => row.GetString("Code") == "locked-out"));

        // No Mac was locked by what the identity's lock refused, and the person's own try is good when the lock ends.
        var ben = backend.AddPerson(People.New("ben"));
        Assert.Equal(HttpStatusCode.OK, (await macs[0].VerifyAsync(ben.Email, ben.EmployeeIdentifier)).Status);
        using var annas = new WireMac(backend);
        (await annas.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsProblem(429, "locked");
        backend.Clock.Advance(TimeSpan.FromHours(1));
        (await annas.VerifyAsync(anna.Email, anna.EmployeeIdentifier)).IsOk();
        macs.ForEach(mac => mac.Dispose());
    }
}
