using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prestage.Simulators.JumpCloud;
using Prestage.Simulators.Mac;

namespace Prestage.Simulators.Sandbox.Misfortunes;

/// <summary>Carries a plan out while the Macs of a world enroll: lays what waits for its call, deals the blows at their moments, and tells of all.</summary>
internal sealed class MisfortuneRun : IAsyncDisposable
{
    private readonly CancellationTokenSource over = new();
    private readonly CancellationTokenSource broken = new();
    private readonly Lock gate = new();
    private readonly List<Blow> waiting;
    private readonly List<Task> dealing = [];
    private readonly List<NetworkWire> wires = [];
    private readonly World world;
    private readonly MisfortunePlan plan;
    private readonly Canaries canaries;
    private readonly MisfortuneLog log;
    private BlowArm? arm;

    public MisfortuneRun(World world, MisfortunePlan plan, Canaries canaries, Action<string> say)
    {
        (this.world, this.plan, this.canaries) = (world, plan, canaries);
        waiting = [.. plan.Blows];
        log = new(plan.All, say);
        world.OnSimulatorLine = HearSimulator;
    }

    /// <summary>Ends when a blow could not be dealt or mended: the world is no use any more.</summary>
    public CancellationToken Broken => broken.Token;

    /// <summary>A seed that nobody chose.</summary>
    public static ulong NewSeed() => (ulong)RandomNumberGenerator.GetInt32(1, int.MaxValue);

    /// <summary>Sets up the Mac of that number, with a wire to the backend.</summary>
    public async Task<EnrollingMac> StartMacAsync(int number, SandboxPerson person, string serialNumber, Action<JsonObject> settings, CancellationToken cancellationToken)
    {
        var wire = new NetworkWire(world.BackendUrl);
        wires.Add(wire);
        var mac = await EnrollingMac.StartAsync(world, person, serialNumber, cancellationToken, plan.Macs[number].Apply, changed =>
        {
            settings(changed);
            changed["serviceUrl"] = wire.Address.ToString();
        });
        if (plan.Macs[number].NeedsTokenAdmin)
        {
            var lent = new EnrollmentUser();
            canaries.Add("the enrollment user's password", lent.Password);
            await mac.LendTokenAdminAsync(lent.ShortName, lent.Password, cancellationToken);
        }

        return mac;
    }

    /// <summary>From now on things go wrong.</summary>
    public async Task BeginAsync(IReadOnlyList<EnrollingMac> macs, CancellationToken cancellationToken)
    {
        arm = new(world, [.. macs.Zip(wires)], canaries);
        var rules = plan.DirectoryRules.Select(rule => JsonSerializer.SerializeToNode(rule, TenantJson.Default.Fault));
        await world.PostAsync("/sim/faults", new JsonArray([.. rules]), cancellationToken);
    }

    /// <summary>A Mac has done a step: deals what was to come then.</summary>
    public void Hear(int mac, int step)
    {
        lock (gate)
        {
            foreach (var due in waiting.Where(blow => blow.Mac == mac && blow.AfterStep <= step).ToList())
            {
                waiting.Remove(due);
                dealing.Add(DealAsync(due, step));
            }
        }
    }

    /// <summary>All Macs have ended: waits until what was broken works again, and says what struck. False where something did not.</summary>
    public async Task<bool> EndAsync()
    {
        await over.CancelAsync();
        await Task.WhenAll(dealing);
        log.Close();
        return log.Missing.Count == 0;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await Task.WhenAll(dealing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var wire in wires)
        {
            await wire.DisposeAsync();
        }

        arm?.Dispose();
        over.Dispose();
        broken.Dispose();
    }

    private async Task DealAsync(Blow blow, int step)
    {
        try
        {
            await Task.Delay(blow.Delay, over.Token);
            await arm!.DealAsync(blow, () => log.Tell(blow.What, $"after step {step} of Mac {blow.Mac + 1}"), over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // It waited for something that did not come any more: the log says that it did not strike.
        }
        catch (Exception)
        {
            await broken.CancelAsync();
            throw;
        }
    }

    private void HearSimulator(string name, string line)
    {
        if (!line.StartsWith("{\"struck\"", StringComparison.Ordinal) || JsonNode.Parse(line) is not { } told)
        {
            return;
        }

        var where = name switch
        {
            "jumpcloud" => Misfortune.JumpCloud,
            "vault" => Misfortune.KeyVault,
            _ => name,
        };
        var struck = told["struck"]!.ToString();
        log.Tell(where, struck, told["call"]!.ToString());
        if (where == Misfortune.KeyVault && struck == "forbidden")
        {
            arm?.HearRefusal();
        }
    }
}
