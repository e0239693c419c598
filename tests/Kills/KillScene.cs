using System.Security.Cryptography;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.JumpCloud;
using Prestage.Simulators.Processes;
using Prestage.Tests.FunctionsHost;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Kills;

/// <summary>What a trigger's call finds.</summary>
public enum Finds
{
    /// <summary>All that is needed to finish.</summary>
    Everything,

    /// <summary>An account that JumpCloud does not show yet.</summary>
    NoAccountYet,

    /// <summary>A directory that refuses, at the last delivery.</summary>
    Refusal,

    /// <summary>The timer's work of each kind.</summary>
    TimersWork,
}

/// <summary>A tenant, a storage account and relays before them, of one row's own.</summary>
internal sealed class KillScene : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private const string LastOfMessage = "DELETE prestage-finish/messages/{id}";
    private readonly List<Relay> relays = [];
    private readonly SimulatedJumpCloud jumpCloud;
    private readonly CallWatch watch;
    private readonly TriggerCall call;
    private Dictionary<string, string?> settings = [];

    private KillScene(SimulatedJumpCloud jumpCloud, CallWatch watch, TriggerCall call) =>
        (this.jumpCloud, this.watch, this.call) = (jumpCloud, watch, call);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The calls that one undisturbed call of the trigger makes.</summary>
    public static async Task<IReadOnlyList<string>> CallsAsync(string folder, Finds finds)
    {
        await using var scene = await StartAsync(finds, null);
        await using var host = await KilledHost.StartAsync(folder, scene.settings);
        if (scene.call.IsTimer)
        {
            await host.TickAsync();
            return scene.watch.Calls;
        }

        await Wait.UntilAsync(() => scene.watch.Calls.Contains(LastOfMessage));

        return [.. scene.watch.Calls.TakeWhile(name => name != LastOfMessage), LastOfMessage];
    }

    /// <summary>Kills the worker, or all of the instance, at the point, and lets the world go on; answers what is wrong in the end.</summary>
    public static async Task<IReadOnlyList<string>> KillAsync(string folder, Finds finds, KillPoint point, bool wholeHost)
    {
        await using var scene = await StartAsync(finds, point);
        await using var first = wholeHost ? await KilledHost.StartProcessAsync(folder, scene.settings) : await KilledHost.StartAsync(folder, scene.settings);
        var ticking = scene.call.IsTimer ? first.TickAsync() : Task.CompletedTask;
        if (await Task.WhenAny(scene.watch.Reached, Task.Delay(Patience, Cancel)) != scene.watch.Reached)
        {
            return Tired("it was never reached", first);
        }

        await first.KillAsync();
        scene.call.Mend();
        await Task.WhenAny(ticking);
        await scene.NextTickAsync(wholeHost ? null : first);
        if (!wholeHost && !scene.call.IsTimer)
        {
            return await scene.EndAsync(first, point);
        }

        scene.settings["AzureWebJobs.Finish.Disabled"] = "false";
        await using var second = await KilledHost.StartAsync(folder, scene.settings);
        await scene.NextTickAsync(second);
        return await scene.EndAsync(second, point);
    }

    /// <summary>Sends SIGTERM to the worker at the point, then lets its call go on; answers its exit code, and what is wrong in the end.</summary>
    public static async Task<(int ExitCode, IReadOnlyList<string> Wrong)> StopAsync(string folder, Finds finds, KillPoint point)
    {
        await using var scene = await StartAsync(finds, point);
        await using var host = await LocalFunctionsHost.StartAsync(new(folder, scene.settings), Cancel);
        var run = scene.call.IsTimer ? host.RunByHandAsync("Reconcile", string.Empty) : Task.FromResult<bool?>(true);
        await scene.watch.Reached.WaitAsync(Patience, Cancel);
        await using var kill = ChildProcess.Start(new("kill", "-TERM", $"{host.Worker.ProcessId}"));
        Assert.Equal(0, await kill.Exited);

        // The worker is to hear of the signal first.
        await Task.Delay(TimeSpan.FromMilliseconds(200), Cancel);
        scene.watch.Release();
        var code = await host.Worker.Exited.WaitAsync(Patience, Cancel);
        await host.LoggedAsync($"Executed 'Functions.{(scene.call.IsTimer ? "Reconcile" : "Finish")}' (Succeeded, ");
        Assert.True(await run);

        // What the run has put into the queue is done by the next instance.
        scene.settings["AzureWebJobs.Finish.Disabled"] = "false";
        await using var second = await KilledHost.StartAsync(folder, scene.settings);
        return (code, await scene.EndAsync(second, point));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var relay in relays)
        {
            await relay.DisposeAsync();
        }

        await jumpCloud.DisposeAsync();
    }

    private static async Task<KillScene> StartAsync(Finds finds, KillPoint? point)
    {
        var jumpCloud = await SimulatedJumpCloud.StartAsync(cancellationToken: Cancel);
        var (account, eventKey) = (await AzuriteFixture.NewAccountAsync(), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var (enrolling, enrolled) = (jumpCloud.Tenant.AddGroup(new("Enrolling")).Id, jumpCloud.Tenant.AddGroup(new("Enrolled")).Id);
        var stored = new StoredWorld(account, eventKey, jumpCloud, enrolling);
        TriggerCall call = finds switch
        {
            Finds.Everything => new FinishingDelivery(stored, jumpCloud, enrolled),
            Finds.NoAccountYet => new EarlyDelivery(stored, jumpCloud, enrolled),
            Finds.Refusal => new LastDelivery(stored, jumpCloud, enrolled),
            _ => new Reconciliation(stored, jumpCloud, enrolling, enrolled),
        };
        var scene = new KillScene(jumpCloud, new CallWatch(point), call);
        await stored.CreateAsync();
        await call.StoreAsync();
        scene.settings = new()
        {
            ["AzureWebJobsStorage"] = await scene.RelayedAsync(account, "Queue", "Table"),
            ["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:01",
            ["JumpCloud__BaseUrl"] = (await scene.RelayAsync(jumpCloud.BaseUrl)).ToString(),
            ["JumpCloud__OrgId"] = jumpCloud.Options.OrgId,
            ["JumpCloud__ApiKey"] = jumpCloud.Options.ApiKeys[0],
            ["Enrollment__EventKey"] = eventKey,
            ["Groups__Enrollment"] = enrolling,
            ["Groups__PostEnrollment"] = enrolled,

            // The timer's own times would come between; it is run by hand. What it puts into the queue is looked at afterwards.
            ["AzureWebJobs.Reconcile.Disabled"] = "true",
            ["Hosting__WatchEvery"] = "00:00:00",
            ["AzureWebJobs.Finish.Disabled"] = call.IsTimer ? "true" : "false",
        };
        return scene;
    }

    private Task NextTickAsync(KilledHost? host) => host is not null && call.IsTimer ? host.TickAsync() : Task.CompletedTask;

    private async Task<IReadOnlyList<string>> EndAsync(KilledHost host, KillPoint point)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(Patience);
        try
        {
            await call.SettleAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!Cancel.IsCancellationRequested)
        {
            return Tired("it does not come to rest", host);
        }

        // The timer's next run takes a Mac out of its group, whose enrollment's end was killed.
        await host.TickAsync();
        return await call.WrongAsync(point);
    }

    private static IReadOnlyList<string> Tired(string what, KilledHost host) => [$"{what}; the host's last lines:\n{string.Join('\n', host.Lines.TakeLast(20))}"];

    private async Task<Uri> RelayAsync(Uri service)
    {
        var relay = await Relay.StartAsync(service, watch, Cancel);
        relays.Add(relay);
        return relay.Address;
    }

    // The connection string with relays in the place of its endpoints.
    private async Task<string> RelayedAsync(string account, params IReadOnlyList<string> services)
    {
        foreach (var service in services)
        {
            var endpoint = new Uri(account.Split(';').Single(part => part.StartsWith($"{service}Endpoint=", StringComparison.Ordinal)).Split('=', 2)[1]);
            var relay = await RelayAsync(new Uri(endpoint.GetLeftPart(UriPartial.Authority)));
            account = account.Replace(endpoint.GetLeftPart(UriPartial.Authority), relay.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        }

        return account;
    }
}
