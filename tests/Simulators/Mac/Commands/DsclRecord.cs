using System.Globalization;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary>Records as <c>dscl</c> sees them.</summary>
internal static class DsclRecord
{
    /// <summary>The attributes of <c>/Users/x</c> or <c>/Groups/x</c>; null where there is no such record.</summary>
    public static IReadOnlyList<DsclAttribute>? Of(MacState state, string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["Users", var name] when state.Find(name) is { } user => Attributes(user),
        ["Groups", "admin"] => [Standard("GroupMembership", [.. state.Admins]), Standard("PrimaryGroupID", "80"), Standard("RecordName", "admin")],
        ["Groups", "staff"] => [Standard("GroupMembership", "root"), Standard("PrimaryGroupID", "20"), Standard("RecordName", "staff")],
        _ => null,
    };

    private static List<DsclAttribute> Attributes(MacUser user)
    {
        List<DsclAttribute> all = [];
        all.AddRange(user.Attributes.Select(own => new DsclAttribute(own.Key, Native: true, own.Value)));
        if (user.Uid != MacUser.NoUid)
        {
            all.Add(Standard("AuthenticationAuthority", [.. Authority(user)]));
            all.Add(Standard("GeneratedUID", user.GeneratedUid));
            all.Add(Standard("NFSHomeDirectory", user.Home));
            all.Add(Standard("PrimaryGroupID", Text(user.Gid)));
            all.Add(Standard("RealName", user.FullName));
            all.Add(Standard("UniqueID", Text(user.Uid)));
            all.Add(Standard("UserShell", user.Shell));
        }

        all.Add(Standard("RecordName", user.ShortName));
        return all;
    }

    private static IEnumerable<string> Authority(MacUser user)
    {
        const string Shadow = ";ShadowHash;HASHLIST:<SALTED-SHA512-PBKDF2,SRP-RFC5054-4096-SHA512-PBKDF2>";
        const string Realm = "LKDC:SHA1.3F786850E387550FDAB836ED7E6DC881DE23001B";
        yield return user.Enabled ? Shadow : ";DisabledUser;" + Shadow;
        yield return $";Kerberosv5;;{user.ShortName}@{Realm};{Realm};";
        if (user.SecureToken)
        {
            yield return ";SecureToken;";
        }
    }

    private static DsclAttribute Standard(string key, params string[] values) => new(key, Native: false, values);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
