extern alias shim;

using System.Text.Json.Nodes;
using Prestage.Simulators;
using Prestage.Simulators.JumpCloud;
using Prestage.Simulators.Mac;
using Prestage.Simulators.Mac.Agent;
using Prestage.Simulators.Mac.Machine;
using Prestage.Tests.Shim;
using shim::Prestage.Shim.Commands;
using shim::Prestage.Shim.Mac;
using shim::Prestage.Shim.Steps;
using Account = shim::Prestage.Wire.Account;

namespace Prestage.Tests.Faults;

/// <summary>One Mac, one person, one service and one tenant in virtual time, with the shim's own steps on the Mac, started again as launchd does it.</summary>
internal sealed class FaultWorld : IAsyncDisposable
{
    public const string Password = "Geheim-2026!";
    private const string Word = "E-17-geheim";
    private const string StateDirectory = "/Library/Application Support/Prestage";
    private static readonly Lazy<(string Private, string Public)> Key = new(SimulatedAgent.NewKey);
    private static readonly TimeSpan Throttle = TimeSpan.FromSeconds(10);
    private readonly Place place = (Place)SynchronizationContext.Current!;
    private Place? running;
    private TaskCompletionSource<ExitCode> ended = new();

    public FaultWorld(VirtualTime time)
    {
        Time = time;
        MacClock = new ShiftedTime(time);
        Service = FakeService.InProcess(time);
        Service.Word = Word;
        Service.Account = new Account("anna", "Anna Berg", Admin: true);
        Network = new WorldNetwork(Service, Tenant, time);
        Mac = SimulatedMac.Start(new SimulatedMacOptions
        {
            Scripts = false,
            Time = time,
            Network = Network,
            AgentKey = Key.Value,
            JumpCloudBaseUrl = new Uri(WorldNetwork.Tenant),
            FileVaultOn = true,
            Person = new Person { Username = "anna", Password = Password },
        });
        Connect();
        Configure();
    }

    public VirtualTime Time { get; }

    /// <summary>The shim's clock.</summary>
    public ShiftedTime MacClock { get; }

    public Tenant Tenant { get; } = new(new SimulatedJumpCloudOptions());

    public FakeService Service { get; }

    public WorldNetwork Network { get; }

    public SimulatedMac Mac { get; }

    public PatientPerson Person { get; } = new("anna@example.com", Word, Password);

    public StringWriter Output { get; } = new();

    public int Starts { get; private set; }

    /// <summary>Called before each step begins (true) and before its end is written down (false).</summary>
    public Func<string, bool, Task> At { get; set; } = (_, _) => Task.CompletedTask;

    public JsonNode? Receipt => File.Exists(PathOf("receipt.json")) ? JsonNode.Parse(File.ReadAllText(PathOf("receipt.json"))) : null;

    /// <summary>Starts the shim until it ends with 0; null when it has not within the limits.</summary>
    public async Task<ExitCode?> RunAsync(int mostStarts, TimeSpan longest)
    {
        using var timer = new CancellationTokenSource(longest, Time);
        ExitCode? last = null;
        while (Starts < mostStarts)
        {
            Starts++;
            running = new Place(Time);
            ended = new TaskCompletionSource<ExitCode>();
            Follow(running.RunAsync(StartAsync), ended);
            await Task.WhenAny(ended.Task, Task.Delay(Timeout.InfiniteTimeSpan, timer.Token));
            if (!ended.Task.IsCompleted)
            {
                Kill();
                return null;
            }

            if ((last = await ended.Task) == ExitCode.Done)
            {
                // What the agent and the login window still do.
                await Task.Delay(Throttle, Time);
                break;
            }

            await Task.Delay(Throttle, Time);
        }

        return last;
    }

    /// <summary>SIGKILL: nothing of the shim goes on, and the kernel lets go of what it held.</summary>
    public void Kill()
    {
        running!.Kill();
        File.Delete(PathOf("lock"));
        ended.TrySetResult((ExitCode)137);
    }

    /// <summary>The power button, held down; the next start finds nothing but the disk.</summary>
    public void Reboot()
    {
        Kill();
        place.Post(async _ => await Mac.RebootAsync(CancellationToken.None), null);
    }

    /// <summary>Whoever is at the screen logs out; an enrollment user whom nobody relieves logs in again after two minutes.</summary>
    public void LogOut()
    {
        Mac.Change(state => state.Console is { } session ? SessionRules.LogOut(state, session.Uid) : state);
        place.Post(
            async _ =>
            {
                await Task.Delay(TimeSpan.FromMinutes(2), Time);
                Mac.Change(state => state.Console is null && state.Find("enroll") is { IsHidden: false } user ? SessionRules.EndLogin(SessionRules.BeginLogin(state, user)) : state);
            },
            null);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        running?.Kill();
        await Mac.DisposeAsync();
        await Service.DisposeAsync();
        await Output.DisposeAsync();
        Network.Dispose();
    }

    public string PathOf(string name) => Mac.PathOf($"{StateDirectory}/{name}");

    private static async void Follow(Task<ExitCode> run, TaskCompletionSource<ExitCode> ended)
    {
        try
        {
            ended.TrySetResult(await run);
        }
        catch (Exception failure)
        {
            ended.TrySetException(failure);
        }
    }

    private Task<ExitCode> StartAsync() => new RunCommand(new MacPaths(Mac.Root), MacClock, new Outside(
        new MacCommands(Mac, place, Time),
        Network,
        Person,
        Output,
        [.. AllSteps.InOrder.Select(step => new WatchedStep(step, (name, before) => At(name, before)))])).RunAsync(dryRun: false, CancellationToken.None);

    // What the backend does in the directory; the agent sees it there.
    private void Connect()
    {
        var person = Tenant.AddUser(new TenantUser { Username = "anna", Email = "anna@example.com", Displayname = "Anna Berg", State = "STAGED" });
        Service.PublicKeyOf = id => Tenant.Now.Systems.TryGetValue(id, out var row) ? row.System.PublicKeyPem : null;
        Service.Taken = path =>
        {
            if (path == "/api/activate")
            {
                Tenant.UpdateUser(person.Id, user => user with { Passwords = [PasswordHash.Of(Service.Password!, 1000)], Activated = true });
            }
            else
            {
                Tenant.UpdateUser(person.Id, user => user with { State = "ACTIVATED" });
                Tenant.Bind(Mac.SystemId!, person.Id, sudo: true);
            }
        };
    }

    private void Configure()
    {
        var settings = new JsonObject
        {
            ["serviceUrl"] = WorldNetwork.Service,
            ["connectKey"] = new SimulatedJumpCloudOptions().ConnectKey,
            ["agentPackageUrl"] = $"{WorldNetwork.Tenant}/sim/jumpcloud-agent.pkg",
            ["enrollmentUser"] = "enroll",
            ["ui"] = "console",
        };
        Directory.CreateDirectory(PathOf(string.Empty));
        File.WriteAllText(PathOf("config.json"), settings.ToJsonString());
        File.Copy(Path.Combine(Repository.Root, "shim/package/files/io.prestage.enroll.plist"), Mac.PathOf("/Library/LaunchDaemons/io.prestage.enroll.plist"));
    }
}

/// <summary>A Mac's clock: it runs with the true time, but can be set wrong.</summary>
internal sealed class ShiftedTime(TimeProvider time) : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override long GetTimestamp() => time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Ahead;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
