using System.Globalization;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>launchctl</c>: the users' domains here, the jobs of <c>system</c> in <see cref="LaunchctlJobs"/>.</summary>
internal static class Launchctl
{
    private const string Denied = "Operation not permitted\n";

    public static CommandAnswer Run(CommandCall call) => call.Arguments switch
    {
        ["asuser", var uid, var command, ..] => AsUser(call, Number(uid), command),
        ["reboot", "logout", ..] => LogOut(call, call.IsRoot ? call.State.Console?.Uid : call.Uid),
        ["print", var target] when UserDomain(target) is { } uid => PrintUser(call, uid, target),
        ["bootout", var target] when UserDomain(target) is { } uid => LogOut(call, uid),
        [not "print", ..] when !call.IsRoot => CommandAnswer.Failed(1, Denied),
        ["print", var target] => LaunchctlJobs.Print(call, target),
        ["bootstrap", "system", var plist] => LaunchctlJobs.Bootstrap(call, plist),
        ["bootout", "system", var plist] => LaunchctlJobs.BootOut(call, LaunchctlJobs.LabelOf(call, plist) ?? plist),
        ["bootout", var target] => LaunchctlJobs.BootOut(call, LaunchctlJobs.Label(target)),
        ["kickstart", .. var options, var target] => LaunchctlJobs.Start(call, LaunchctlJobs.Label(target), again: options.Contains("-k")),
        ["start", var label] => LaunchctlJobs.Start(call, label, again: false),
        // Its jobs are kept alive, so that a stop is a restart.
        ["stop", var label] => LaunchctlJobs.Start(call, label, again: true),
        ["remove", var label] => LaunchctlJobs.BootOut(call, label),
        ["enable" or "disable", var target] => LaunchctlJobs.Enable(call, LaunchctlJobs.Label(target), call.Arguments[0] == "enable"),
        _ => CommandAnswer.Failed(64, "Usage: launchctl <subcommand> ...\n"),
    };

    private static CommandAnswer AsUser(CommandCall call, int? uid, string command)
    {
        if (!call.IsRoot && uid != call.Uid)
        {
            return CommandAnswer.Failed(1, $"Could not switch to audit session: 1: {Denied}");
        }

        if (uid is null || call.State.Find(uid.Value) is null)
        {
            return CommandAnswer.Failed(1, $"Could not find domain for user {uid}\n");
        }

        // asuser changes the bootstrap namespace, not the user: sudo does that.
        return Successors.Become(call, command, call.Uid, shift: 2);
    }

    private static CommandAnswer PrintUser(CommandCall call, int uid, string target) => call.State.Console?.Uid == uid
        ? CommandAnswer.Ok($"{target} = {{\n\ttype = login\n\thandle = 100006\n}}\n")
        : CommandAnswer.Failed(113, $"Could not find domain for {target}\n");

    private static CommandAnswer LogOut(CommandCall call, int? uid)
    {
        if (!call.IsRoot && uid != call.Uid)
        {
            return CommandAnswer.Failed(1, $"Boot-out failed: 1: {Denied}");
        }

        if (uid is null || (call.State.Console?.Uid != uid && !call.State.Processes.Any(process => process.Uid == uid)))
        {
            return CommandAnswer.Failed(3, "Boot-out failed: 3: No such process\n");
        }

        call.Do(() => call.Mac.EndSession(uid.Value));
        return CommandAnswer.Silent;
    }

    private static int? UserDomain(string target) => target.Split('/') is ["gui" or "user", var uid] ? Number(uid) : null;

    private static int? Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
