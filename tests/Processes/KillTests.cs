using System.Globalization;
using Prestage.Simulators.Sandbox;
using Xunit;

namespace Prestage.Tests.Processes;

/// <summary>SIGKILL of shim or backend at random moments; whatever is lost, the same end is reached.</summary>
public sealed class KillTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    private const int Runs = 16;
    private const int MostStarts = 40;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killing_shim_or_backend_at_any_moment_ends_in_one_binding_one_account_and_one_set_of_groups()
    {
        // The fixed seeds find the same moments each time; the last two runs look elsewhere.
        var seeds = Enumerable.Range(1, Runs - 2).Select(number => (ulong)number)
            .Concat([(ulong)TimeProvider.System.GetTimestamp(), (ulong)Environment.ProcessId]);
        var (shimKills, backendKills) = (0, 0);
        foreach (var seed in seeds)
        {
            var (shim, backend) = await RunAsync(seed);
            (shimKills, backendKills) = (shimKills + shim, backendKills + backend);
        }

        Assert.Empty(await fixture.SharedLeaksAsync(Cancel));
        TestContext.Current.TestOutputHelper!.WriteLine($"{Runs} runs, {shimKills} kills of the shim, {backendKills} of the backend");
        Assert.True(shimKills >= Runs / 2 && backendKills >= Runs / 4);
    }

    private async Task<(int Shim, int Backend)> RunAsync(ulong seed)
    {
        var random = new Seeded(seed);
        var (person, userId, mac) = await fixture.NewMacAsync(Cancel, active: random.Next(4) == 0);
        await using var enrolling = mac;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var killing = KillAsync(mac, random, ended.Token);

        var code = await mac.RunAsync(MostStarts, Cancel);
        await ended.CancelAsync();
        var kills = await killing;

        var wrong = code == 0 ? await Outcome.CheckAsync(fixture.World, mac, person, userId, Cancel) : [$"exit code {code}"];
        var leaks = fixture.LeaksOf(mac);
        Assert.True(
            wrong.Count == 0 && leaks.Count == 0,
            string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {string.Join("; ", wrong.Concat(leaks))}\n{string.Join('\n', mac.Lines.TakeLast(60))}"));
        return kills;
    }

    private async Task<(int Shim, int Backend)> KillAsync(EnrollingMac mac, Seeded random, CancellationToken ended)
    {
        var (shim, backend) = (0, 0);
        var planned = 1 + random.Next(3);
        try
        {
            for (var i = 0; i < planned; i++)
            {
                await Task.Delay(random.Next(900), ended);
                if (random.Next(2) == 0)
                {
                    if (mac.Shim is { } running)
                    {
                        running.Kill();
                        shim++;
                    }
                }
                else
                {
                    await fixture.World.KillBackendAsync();
                    backend++;
                    await fixture.World.StartBackendAsync(CancellationToken.None);
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The run was faster than the plan.
        }

        return (shim, backend);
    }
}
