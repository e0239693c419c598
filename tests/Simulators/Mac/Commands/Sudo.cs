using System.Globalization;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>sudo [-H] [-n] -u name command …</c>, as root runs it to become somebody.</summary>
internal static class Sudo
{
    public static CommandAnswer Run(CommandCall call)
    {
        var at = 0;
        var uid = 0;
        while (at < call.Arguments.Length && call.Arguments[at].StartsWith('-'))
        {
            if (call.Arguments[at] == "-u" && at + 1 < call.Arguments.Length)
            {
                var name = call.Arguments[++at];
                if (Who(call, name) is not { } found)
                {
                    return CommandAnswer.Failed(1, $"sudo: unknown user {name}\n");
                }

                uid = found;
            }

            at++;
        }

        if (!call.IsRoot && uid != call.Uid)
        {
            return CommandAnswer.Failed(1, "sudo: a password is required\n");
        }

        return at < call.Arguments.Length
            ? Successors.Become(call, call.Arguments[at], uid, at)
            : CommandAnswer.Failed(1, "usage: sudo -u user command\n");
    }

    private static int? Who(CommandCall call, string name) => name.StartsWith('#')
        && int.TryParse(name.AsSpan(1), CultureInfo.InvariantCulture, out var uid) ? uid : call.State.Find(name)?.Uid;
}
