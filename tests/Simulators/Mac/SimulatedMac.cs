using Prestage.Simulators.Mac.Agent;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Commands;
using Prestage.Simulators.Mac.Dialogs;
using Prestage.Simulators.Mac.Faults;
using Prestage.Simulators.Mac.Machine;
using Prestage.Simulators.Mac.People;

namespace Prestage.Simulators.Mac;

/// <summary>
/// A Mac below a directory: macOS's commands as executables over one state, with the JumpCloud agent and a person before it.
/// <c>PRESTAGE_ROOT</c> set to <see cref="Root"/> makes the shim work on it.
/// </summary>
internal sealed class SimulatedMac : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly List<Task> background = [];
    private readonly CommandListener listener;
    private readonly SynchronizationContext? home;

    private SimulatedMac(SimulatedMacOptions options, string root)
    {
        Options = options;
        Files = new MacFiles(root);
        Dialogs = new MacDialogs(root + ".dialogs.jsonl");
        Store = new MacStore(MacSetup.InitialState(options), root + ".state.json");
        MacSetup.Lay(Files, State, options);
        options.Faults.ToList().ForEach(order => Faults.Set(order.ToFault()));
        home = SynchronizationContext.Current;
        Desk = new CommandDesk(this);
        Agent = new SimulatedAgent(this);
        listener = new CommandListener(this, options.Scripts);
        LayCommands(CommandTable.Paths);
        if (options.DialogVersion is { } version)
        {
            Store.Change(state => state with { Receipts = state.Receipts.SetItem(Dialog.PackageId, new Receipt(Dialog.PackageId, version, options.Time.GetUtcNow())) });
            LayDialog(version, DialogFiles.Team);
        }

        Store.Save();
        Background(new SimulatedLogin(this).RunAsync(stopping.Token));
    }

    public SimulatedMacOptions Options { get; }

    /// <summary>The host's directory that is this Mac's <c>/</c>, without a slash at its end.</summary>
    public string Root => Files.Root;

    /// <summary>The state as people read it, JSON beside the root; passwords are not in it.</summary>
    public string StateFile => Store.StateFile;

    /// <summary>A snapshot.</summary>
    public MacState State => Store.Current;

    public MacJournal Journal { get; } = new();

    /// <summary>What the person at the screen saw.</summary>
    public MacDialogs Dialogs { get; }

    /// <summary>What the tenant calls this Mac; null before the agent has registered.</summary>
    public string? SystemId => Agent.SystemId;

    internal MacFiles Files { get; }

    internal MacStore Store { get; }

    internal FaultTable Faults { get; } = new();

    internal SimulatedAgent Agent { get; }

    internal CommandDesk Desk { get; }

    /// <summary>One installation at a time.</summary>
    internal SemaphoreSlim InstallGate { get; } = new(1, 1);

    /// <summary>Switches the Mac on.</summary>
    public static Task<SimulatedMac> StartAsync(SimulatedMacOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.Run(() => Start(options), cancellationToken);
    }

    /// <summary>Switches the Mac on; all that happens on it by itself happens where this is called.</summary>
    public static SimulatedMac Start(SimulatedMacOptions options)
    {
        var root = options.Root is { } given ? Path.GetFullPath(given).TrimEnd('/') : Directory.CreateTempSubdirectory("prestage-mac-").FullName + "/root";
        return new SimulatedMac(options, root);
    }

    /// <summary>Runs a command without its script, as root; the way for a caller in this process that cannot wait for a shell.</summary>
    /// <param name="path">As the Mac has it.</param>
    /// <exception cref="IOException">There is no such command.</exception>
    public async Task<CommandAnswer> RunAsync(string path, IReadOnlyList<string> arguments, byte[] input, CancellationToken cancellationToken)
    {
        if (!HasCommand(path))
        {
            throw new IOException($"there is no {path}");
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, listener.Session);
        var caller = new DirectCaller(input);
        var request = new CallRequest(listener.Token, CommandTable.NameOf(path), 0, [.. arguments]);
        try
        {
            while (true)
            {
                var answer = await Desk.AnswerAsync(request, caller, either.Token);
                if (answer.Run is not { } next)
                {
                    return answer;
                }

                request = request with { Command = CommandTable.NameOf(next.Path[Root.Length..]), Uid = next.Uid, Arguments = request.Arguments[next.Shift..] };
            }
        }
        finally
        {
            // The caller is gone once it has its answer.
            either.Cancel();
        }
    }

    /// <summary>Starts work that goes on beside everything else.</summary>
    internal Task Begin(Func<Task> work)
    {
        if (home is null)
        {
            return Task.Run(work);
        }

        var begun = new TaskCompletionSource<Task>();
        home.Post(_ => begun.SetResult(work()), null);
        return begun.Task.Unwrap();
    }

    /// <summary>An absolute path of the Mac as a path of the host.</summary>
    public string PathOf(string macPath) => Files.Of(macPath);

    /// <summary>Lets a command fail, see <see cref="MacFaults"/>.</summary>
    public void SetFault(MacFault fault) => Faults.Set(fault);

    public void ClearFaults() => Faults.Clear();

    /// <summary>Changes the state from outside, as an administrator or another program would.</summary>
    public void Change(Func<MacState, MacState> change) => Store.Change(change);

    /// <summary>The first snapshot that is as wanted.</summary>
    public async Task<MacState> WaitForAsync(Func<MacState, bool> wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = Store.NextChange();
            var state = State;
            if (wanted(state))
            {
                return state;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>A restart: every process and session ends, <c>/var/run</c> is emptied, launchd loads what lies on the disk, the login window shows.</summary>
    public async Task RebootAsync(CancellationToken cancellationToken)
    {
        Agent.Stop();
        listener.EndCalls();
        Files.EmptyRunDirectory();
        var jobs = MacSetup.JobsOnDisk(Files);
        var after = Store.Change(state => jobs.Where(job => !state.DisabledJobs.Contains(job.Label)).Aggregate(
            state with
            {
                Console = null,
                Screen = ScreenOwner.LoginWindow,
                Processes = [],
                Jobs = state.Jobs.Clear(),
                AutoLoginDue = state.AutoLoginUser is not null && File.Exists(PathOf(MacSetup.AutoLoginPassword)),
            },
            (loaded, job) => LaunchctlJobs.Load(loaded, job.Label, job.Plist)));
        if (after.Jobs.ContainsKey(SimulatedAgent.Label))
        {
            Agent.Restart();
        }

        await Task.CompletedTask.WaitAsync(cancellationToken);
    }

    /// <summary>Ends that user's session after the usual short while.</summary>
    internal void EndSession(int uid) => Later(state => SessionRules.LogOut(state, uid));

    /// <summary>Puts swiftDialog where its package puts it, signed by that team.</summary>
    internal void LayDialog(string version, string team)
    {
        var script = Options.Scripts ? CommandScripts.Text(CommandTable.NameOf(Dialog.Path), listener.Port, listener.Token) : string.Empty;
        DialogFiles.Lay(Files, version, team, script);
    }

    /// <summary>Whether the Mac has a program at that path.</summary>
    internal bool HasCommand(string path) => Options.Scripts
        ? File.Exists(PathOf(path))
        : CommandTable.Paths.Contains(path) || (DialogFiles.IsProgram(path) && State.Receipts.ContainsKey(Dialog.PackageId));

    /// <summary>A change that launchd makes after it has answered.</summary>
    internal void Later(Func<MacState, MacState> change) => Background(LaterAsync(change));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        stopping.Cancel();
        await listener.DisposeAsync();
        await Agent.DisposeAsync();
        Task[] all;
        lock (gate)
        {
            all = [.. background];
        }

        await Task.WhenAll(all);
        Store.SwitchOff();
        InstallGate.Dispose();
        stopping.Dispose();
        if (Options.Root is null)
        {
            Directory.Delete(Path.GetDirectoryName(Root)!, recursive: true);
        }
    }

    private void LayCommands(IReadOnlyCollection<string> paths)
    {
        if (Options.Scripts)
        {
            CommandScripts.Write(Root, listener.Port, listener.Token, paths);
        }
    }

    private async Task LaterAsync(Func<MacState, MacState> change)
    {
        try
        {
            await Task.Delay(Options.LogoutDelay, Options.Time, stopping.Token);
            Store.Change(change);
        }
        catch (OperationCanceledException)
        {
            // The Mac is switched off.
        }
    }

    private void Background(Task task)
    {
        lock (gate)
        {
            background.Add(task);
        }
    }
}
