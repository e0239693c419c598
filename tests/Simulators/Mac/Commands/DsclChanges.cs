using System.Globalization;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary>The verbs of <c>dscl</c> that write.</summary>
internal static class DsclChanges
{
    public static CommandAnswer Run(CommandCall call, string verb, List<string> rest)
    {
        var deletes = verb == "delete";
        if (!call.IsRoot)
        {
            return Denied(deletes);
        }

        var (key, value) = (rest.Count > 1 ? DsclAttribute.Plain(rest[1]) : null, rest.Count > 2 ? rest[2] : null);
        return rest[0].Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["Groups", "admin"] when key == "GroupMembership" && value is not null => Member(call, value, !deletes),
            ["Users", var name] when deletes => Delete(call, name, key),
            // A changed home is one of the things that TCC guards; root does not help.
            ["Users", _] when key == "NFSHomeDirectory" && !call.Options.TccGrant => Denied(deletes),
            ["Users", var name] => Create(call, name, key, value ?? string.Empty),
            _ => Dscl.NotFound(),
        };
    }

    private static CommandAnswer Denied(bool deletes) => Dscl.Error(
        -14120, "eDSPermissionError", deletes ? "<main> delete status: eDSPermissionError\n" : "<main> attribute status: eDSPermissionError\n");

    private static CommandAnswer Member(CommandCall call, string name, bool member)
    {
        call.Change(state => AccountRules.SetAdmin(state, name, member));
        return CommandAnswer.Silent;
    }

    private static CommandAnswer Create(CommandCall call, string name, string? key, string value)
    {
        call.Change(state =>
        {
            // Setting an attribute of nobody makes a record that has nothing else.
            var user = state.Find(name) ?? new MacUser { ShortName = name, Uid = MacUser.NoUid };
            return state with { Users = state.Users.SetItem(name, key is null ? user : Set(user, key, value)) };
        });
        return CommandAnswer.Silent;
    }

    private static CommandAnswer Delete(CommandCall call, string name, string? key)
    {
        if (call.State.Find(name) is not { } user)
        {
            return Dscl.NotFound();
        }

        call.Change(state => key is null ? Orphan(state, user) : AccountRules.Update(state, name, given => given with { Attributes = given.Attributes.Remove(key) }));
        return CommandAnswer.Silent;
    }

    // The record goes, the volume's crypto user stays, and the name is spoilt.
    private static MacState Orphan(MacState state, MacUser user) => AccountRules.Remove(state, user.ShortName) with
    {
        OrphanedCryptoUsers = user.SecureToken ? state.OrphanedCryptoUsers.SetItem(user.ShortName, user.GeneratedUid) : state.OrphanedCryptoUsers,
    };

    private static MacUser Set(MacUser user, string key, string value) => key switch
    {
        "RealName" => user with { FullName = value },
        "UserShell" => user with { Shell = value },
        "NFSHomeDirectory" => user with { Home = value },
        "GeneratedUID" => user with { GeneratedUid = value },
        "UniqueID" => user with { Uid = int.Parse(value, CultureInfo.InvariantCulture) },
        "PrimaryGroupID" => user with { Gid = int.Parse(value, CultureInfo.InvariantCulture) },
        "AuthenticationAuthority" => user with { Enabled = !value.Contains(";DisabledUser;", StringComparison.Ordinal) },
        _ => user with { Attributes = user.Attributes.SetItem(key, value) },
    };
}
