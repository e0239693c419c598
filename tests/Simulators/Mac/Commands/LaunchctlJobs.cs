using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml;
using Prestage.Simulators.Mac.Agent;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary>The jobs of launchd's domain <c>system</c>. No program is started for them, but the JumpCloud agent is simulated behind its label.</summary>
internal static class LaunchctlJobs
{
    public static string Label(string target) => target.StartsWith("system/", StringComparison.Ordinal) ? target["system/".Length..] : target;

    /// <summary>The label in a job's property list; null where that cannot be read.</summary>
    public static string? LabelOf(CommandCall call, string plist) => LabelIn(call.Files.FromArgument(plist));

    /// <summary>The label in a property list of the host's disk.</summary>
    public static string? LabelIn(string file)
    {
        try
        {
            return File.Exists(file) && PropertyList.Read(file) is JsonObject job ? (string?)job["Label"] : null;
        }
        catch (Exception exception) when (exception is XmlException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    public static CommandAnswer Print(CommandCall call, string target)
    {
        var label = Label(target);
        if (!call.State.Jobs.TryGetValue(label, out var job))
        {
            return CommandAnswer.Failed(113, $"Bad request.\nCould not find service \"{label}\" in domain for system\n");
        }

        var state = job.Pid is { } pid ? string.Create(CultureInfo.InvariantCulture, $"\tstate = running\n\tpid = {pid}\n") : "\tstate = not running\n";
        return CommandAnswer.Ok($"system/{label} = {{\n\tactive count = 1\n\tpath = {job.Plist}\n\ttype = LaunchDaemon\n{state}\tlast exit code = 0\n}}\n");
    }

    /// <summary>One error for everything: loaded already, malformed, writable by others, disabled.</summary>
    public static CommandAnswer Bootstrap(CommandCall call, string plist)
    {
        var file = call.Files.FromArgument(plist);
        if (LabelOf(call, plist) is not { } label
            || call.State.Jobs.ContainsKey(label)
            || call.State.DisabledJobs.Contains(label)
            || UnixFile.IsWritableByOthers(file))
        {
            return CommandAnswer.Failed(5, "Bootstrap failed: 5: Input/output error\n");
        }

        call.Change(state => Load(state, label, plist));
        call.Do(() => OnAgent(call, label, agent => agent.Start()));
        return CommandAnswer.Silent;
    }

    /// <summary>Answers at once; the job is gone a little later.</summary>
    public static CommandAnswer BootOut(CommandCall call, string label)
    {
        if (!call.State.Jobs.ContainsKey(label))
        {
            return CommandAnswer.Failed(3, "Boot-out failed: 3: No such process\n");
        }

        call.Do(() =>
        {
            OnAgent(call, label, agent => agent.Stop());
            call.Mac.Later(state => state with { Jobs = state.Jobs.Remove(label) });
        });
        return CommandAnswer.Silent;
    }

    public static CommandAnswer Start(CommandCall call, string label, bool again)
    {
        if (!call.State.Jobs.TryGetValue(label, out var job))
        {
            return CommandAnswer.Failed(113, $"Could not find service \"{label}\" in domain for system\n");
        }

        if (job.Pid is null || again)
        {
            call.Change(state => Load(state, label, job.Plist));
            call.Do(() => OnAgent(call, label, agent => agent.Restart()));
        }

        return CommandAnswer.Silent;
    }

    public static CommandAnswer Enable(CommandCall call, string label, bool enabled)
    {
        call.Change(state => state with { DisabledJobs = enabled ? state.DisabledJobs.Remove(label) : state.DisabledJobs.Add(label) });
        return CommandAnswer.Silent;
    }

    /// <summary>The job, loaded and running as a new process.</summary>
    public static MacState Load(MacState state, string label, string plist) => state with
    {
        Jobs = state.Jobs.SetItem(label, new LaunchdJob(label, plist, state.NextPid)),
        NextPid = state.NextPid + 1,
    };

    private static void OnAgent(CommandCall call, string label, Action<SimulatedAgent> act)
    {
        if (label == SimulatedAgent.Label)
        {
            act(call.Mac.Agent);
        }
    }
}
