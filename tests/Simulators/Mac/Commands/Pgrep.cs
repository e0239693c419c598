using System.Globalization;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>pgrep [-u user] [-x] [name]</c>: exit code 1 where nothing fits.</summary>
internal static class Pgrep
{
    public static CommandAnswer Run(CommandCall call)
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

        var found = call.State.Processes.Where(process => (uid is null || process.Uid == uid)
            && (name is null || (exact ? process.Name == name : process.Name.Contains(name, StringComparison.Ordinal)))).ToList();
        return new CommandAnswer(found.Count > 0 ? 0 : 1, string.Concat(found.Select(process => process.Pid.ToString(CultureInfo.InvariantCulture) + "\n")));
    }
}
