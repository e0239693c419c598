using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>dseditgroup</c> for the group admin; <c>staff</c> holds every person and cannot be changed here (DSTools, dseditgroup).</summary>
internal static class DsEditGroup
{
    private const int Usage = 64;
    private const int NoUser = 67;
    private const int NoPermission = 77;

    public static CommandAnswer Run(CommandCall call)
    {
        var group = call.Arguments.LastOrDefault() ?? string.Empty;
        if (group is not ("admin" or "staff"))
        {
            return CommandAnswer.Failed(Usage, "Group not found.\n");
        }

        return call.Option("-o") switch
        {
            "checkmember" => Check(call, group),
            "edit" => Edit(call),
            _ => CommandAnswer.Failed(Usage, "Invalid operation.\n"),
        };
    }

    private static CommandAnswer Check(CommandCall call, string group)
    {
        var name = call.Option("-m") ?? call.State.Find(call.Uid)?.ShortName ?? string.Empty;
        if (call.State.Find(name) is not { } user)
        {
            return CommandAnswer.Failed(Usage, "Unable to find the user record\n");
        }

        return (group == "admin" ? call.State.IsAdmin(name) : user.IsPerson)
            ? CommandAnswer.Ok($"yes {name} is a member of {group}\n")
            : new CommandAnswer(NoUser, $"no {name} is NOT a member of {group}\n");
    }

    private static CommandAnswer Edit(CommandCall call)
    {
        if (!call.IsRoot)
        {
            return CommandAnswer.Failed(NoPermission, "Group could not be edited, permission denied.\n");
        }

        var (added, removed) = (call.Option("-a"), call.Option("-d"));
        if ((added ?? removed) is not { } name || call.State.Find(name) is null)
        {
            return CommandAnswer.Failed(200, "Record was not found.\n");
        }

        call.Change(state => AccountRules.SetAdmin(state, name, added is not null));
        return CommandAnswer.Silent;
    }
}
