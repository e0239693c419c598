using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>pwpolicy -u name -disableuser|-enableuser</c>: whether anybody can log in with the account.</summary>
internal static class PwPolicy
{
    public static CommandAnswer Run(CommandCall call)
    {
        if (call.Arguments is not ["-u", var name, ("-disableuser" or "-enableuser") and var verb])
        {
            return CommandAnswer.Failed(64, "usage: pwpolicy [-u username] command\n");
        }

        if (call.State.Find(name) is null)
        {
            return CommandAnswer.Failed(71, $"pwpolicy: unable to find user {name}\n");
        }

        if (!call.IsRoot)
        {
            return CommandAnswer.Failed(77, "pwpolicy: Permission denied\n");
        }

        call.Change(state => AccountRules.Update(state, name, user => user with { Enabled = verb == "-enableuser" }));
        return CommandAnswer.Silent;
    }
}
