using System.Globalization;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>pgrep [-u user] [-x] [name]</c> and <c>pkill</c>: exit code 1 where nothing fits.</summary>
internal static class Pgrep
{
    public static CommandAnswer Run(CommandCall call)
    {
        var found = Find(call);
        return new CommandAnswer(found.Count > 0 ? 0 : 1, string.Concat(found.Select(process => process.Pid.ToString(CultureInfo.InvariantCulture) + "\n")));
    }

    /// <summary>With a loginwindow its session ends.</summary>
    public static CommandAnswer Kill(CommandCall call)
    {
        var found = Find(call).Where(process => call.IsRoot || process.Uid == call.Uid).ToList();
        call.Change(state => state with { Processes = state.Processes.RemoveRange(found) });
        foreach (var session in found.Where(process => process.Name == "loginwindow"))
        {
            call.Do(() => call.Mac.EndSession(session.Uid));
        }

        return new CommandAnswer(found.Count > 0 ? 0 : 1, string.Empty);
    }

    private static List<MacProcess> Find(CommandCall call)
    {
        int? uid = null;
        string? name = null;
        var exact = false;
        for (var at = 0; at < call.Arguments.Length; at++)
        {
            switch (call.Arguments[at])
            {
                case "-u" or "-U" when at + 1 < call.Arguments.Length:
                    var user = call.Arguments[++at];
                    uid = int.TryParse(user, CultureInfo.InvariantCulture, out var number) ? number : call.State.Find(user)?.Uid ?? int.MinValue;
                    break;
                case "-x":
                    exact = true;
                    break;
                case var argument when !argument.StartsWith('-'):
                    name = argument;
                    break;
            }
        }

        return call.State.Processes.Where(process => (uid is null || process.Uid == uid)
            && (name is null || (exact ? process.Name == name : process.Name.Contains(name, StringComparison.Ordinal)))).ToList();
    }
}
