extern alias shim;

using System.Text.Json.Nodes;
using Prestage.Tests.Support;
using Prestage.Simulators;
using Prestage.Simulators.JumpCloud;
using Prestage.Simulators.Mac;
using Prestage.Simulators.Mac.Dialogs;
using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;
using Prestage.Tests.Shim;
using shim::Prestage.Shim.Commands;
using shim::Prestage.Shim.Mac;
using shim::Prestage.Shim.Running;
using shim::Prestage.Shim.Steps;
using Account = shim::Prestage.Wire.Account;

namespace Prestage.Tests.Faults;

/// <summary>One Mac, one person, one service and one tenant in virtual time, with the shim's own steps on the Mac, started again as launchd does it.</summary>
internal sealed class FaultWorld : IAsyncDisposable
{
    public const string Password = "Geheim-2026!";
    private const string Word = "E-17-geheim";
    private const string StateDirectory = "/Library/Application Support/Prestage";
    private static readonly Lazy<(string Private, string Public)> Key = new(() => SystemKeys.TextOf(0));
    private static readonly TimeSpan Throttle = TimeSpan.FromSeconds(10);
    private readonly Place place = (Place)SynchronizationContext.Current!;
    private readonly string directory = Path.Combine(Memory, $"prestage-world-{Guid.NewGuid():N}");
    private readonly Scenario scenario;
    private Place? running;
    private TaskCompletionSource<ExitCode>? ended;

    public FaultWorld(VirtualTime time, Scenario? scenario = null)
    {
        Time = time;
        this.scenario = scenario ??= Scenario.Usual;
        MacClock = new ShiftedTime(time, () => Mac!.State.ClockOffset);
        Service = FakeService.InProcess(time);
        Service.Word = Word;
        Service.MostTries = 5;
        Service.Account = new Account("anna", "Anna Berg", scenario.Admin);
        Service.PasswordRequired = scenario.SetsPassword;
        Network = new WorldNetwork(Service, Tenant, time, MacClock);
        Mac = SimulatedMac.Start(new SimulatedMacOptions
        {
            Root = $"{directory}/root",
            Scripts = false,
            Time = time,
            Network = Network,
            IsOnline = () => Network.IsUp,
            ClockOffset = scenario.ClockAhead,
            AgentKey = Key.Value,
            JumpCloudBaseUrl = new Uri(WorldNetwork.Tenant),
            FileVaultOn = scenario.FileVaultOn,
            DialogVersion = scenario.DialogVersion,
            Languages = [scenario.Language],
            AgentDelay = scenario.AgentDelay,
            NextLook = time.NextLookAsync,
            Person = new Person { Username = "anna", Password = Password, Identifier = "anna@example.com", Word = Word, Patience = PatientPerson.Patience },
        });
        Mac.Dialogs.OnShown = Tell;
        Connect();
        Configure();
        SetFault(null);
    }

    /// <summary>When the shim was built.</summary>
    public static DateTimeOffset Built { get; } = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public VirtualTime Time { get; }

    /// <summary>Whether there is another person's account.</summary>
    public bool Supersedes => scenario.Supersedes;

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

    /// <summary>Starts the shim until it ends with 0; null when it still runs at the limit, and the next call goes on with it.</summary>
    public async Task<ExitCode?> RunAsync(int mostStarts, TimeSpan longest)
    {
        var late = Task.Delay(longest, Time);
        ExitCode? last = null;
        while (last != ExitCode.Done && (ended is not null || Starts < mostStarts))
        {
            ended ??= Start();
            await Task.WhenAny(ended.Task, late);
            if (!ended.Task.IsCompleted)
            {
                return null;
            }

            (last, ended) = (await ended.Task, null);

            // launchd's pause; or what the agent and the login window still do.
            await Task.Delay(last == ExitCode.Done ? Throttle + (3 * scenario.AgentDelay) : Throttle, Time);
        }

        return last;
    }

    /// <summary>The Mac's only fault from now on, beside those of its scenario.</summary>
    public void SetFault(MacFault? fault)
    {
        Mac.ClearFaults();
        foreach (var one in scenario.Faults.Prepend(fault).OfType<MacFault>())
        {
            Mac.SetFault(one);
        }
    }

    /// <summary>SIGKILL: nothing of the shim goes on, and the kernel lets go of what it held.</summary>
    public void Kill()
    {
        running!.Kill();
        File.Delete(PathOf("lock"));
        ended!.TrySetResult((ExitCode)137);
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
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>The person is back, with new patience.</summary>
    public void Return()
    {
        Person.Return();
        Mac.Options.Person!.Patience = PatientPerson.Patience;
    }

    public string PathOf(string name) => Mac.PathOf($"{StateDirectory}/{name}");

    // No disk, where there is one of memory: the journal is flushed at every change.
    private static string Memory => Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private TaskCompletionSource<ExitCode> Start()
    {
        Starts++;
        running = new Place(Time);
        var end = new TaskCompletionSource<ExitCode>();
        _ = FollowAsync(running.RunAsync(StartAsync), end);
        return end;
    }

    // What a window only says, the shim's output has where it talks to a console.
    private void Tell(ShownWindow window)
    {
        if (!window.Asks && !window.Content.ContainsKey("listitem"))
        {
            Output.WriteLine(string.Join(' ', new[] { window.Content["message"], window.Content["infotext"] }.OfType<JsonNode>()).ReplaceLineEndings(" "));
        }
    }

    private static async Task FollowAsync(Task<ExitCode> run, TaskCompletionSource<ExitCode> ended)
    {
        try
        {
            ended.TrySetResult(await run);
        }
        catch (Exception exception)
        {
            ended.TrySetException(exception);
        }
    }

    private Task<ExitCode> StartAsync()
    {
        IReadOnlyList<IStep> steps = [.. AllSteps.InOrder.Select(step => new WatchedStep(step, (name, before) => At(name, before)))];
        var outside = new Outside(new MacCommands(Mac, place, Time), Network, Person, Output, steps) { Built = Built };
        return new RunCommand(new MacPaths(Mac.Root), MacClock, outside).RunAsync(dryRun: false, CancellationToken.None);
    }

    // What the backend does in the directory; the agent sees it there.
    private void Connect()
    {
        var person = Tenant.AddUser(
            new TenantUser { Username = "anna", Email = "anna@example.com", Displayname = "Anna Berg", State = scenario.SetsPassword ? "STAGED" : "ACTIVATED" },
            scenario.SetsPassword ? null : Password);
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
                Tenant.Bind(Mac.SystemId!, person.Id, scenario.Admin);
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
            ["ui"] = scenario.Ui,
        };
        scenario.Configure(settings);
        Directory.CreateDirectory(PathOf(string.Empty));
        if (scenario.LentAdmin)
        {
            settings["agentServiceAccount"] = "create";
            var lent = new EnrollmentUser();
            UnixFile.Write(PathOf("secure-token-admin"), $"{lent.ShortName};{lent.Password}\n", UnixFile.OwnerOnly);
        }

        if (scenario.AccountIsThere)
        {
            Mac.Change(state => AccountRules.Add(state, new NewAccount("anna", "Anna of old", PasswordDigest.Of("of-01d-times"), Admin: false)));
            Mac.Files.CreateHome(Mac.State.Find("anna")!);
        }

        if (scenario.Supersedes)
        {
            Mac.Change(state => AccountRules.Add(state, new NewAccount("bea", "Bea Holm", PasswordDigest.Of("Bea-2026-lang!"), Admin: false)));
            Mac.Files.CreateHome(Mac.State.Find("bea")!);
            File.WriteAllText(PathOf("journal.json"), """{"enrollmentId":"e0","createdAccount":"bea"}""");
        }

        File.WriteAllText(PathOf("config.json"), settings.ToJsonString());
        File.Copy(Path.Combine(Repository.Root, "shim/package/files/io.prestage.enroll.plist"), Mac.PathOf("/Library/LaunchDaemons/io.prestage.enroll.plist"));
    }
}
