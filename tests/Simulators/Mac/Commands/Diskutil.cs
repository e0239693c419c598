using System.Globalization;
using System.Xml.Linq;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>diskutil apfs listUsers /</c> and <c>updatePreboot</c>.</summary>
internal static class Diskutil
{
    private const string PersonType = "Local Open Directory User";
    private const string BootstrapToken = "2457711A-523C-4604-B75A-F48A571D5036";

    public static CommandAnswer Run(CommandCall call) => call.Arguments switch
    {
        ["apfs", "updatePreboot", ..] => CommandAnswer.Ok("Started APFS operation\nUpdatePreboot: Exiting Update Preboot operation with overall error=(ZeroMeansSuccess)=0\nFinished APFS operation\n"),
        ["apfs", "listUsers" or "listCryptoUsers", .. var rest] => rest.Contains("-plist") ? Plist(Users(call.State)) : Tree(Users(call.State)),
        _ => CommandAnswer.Failed(1, "diskutil: did not recognize the verb\n"),
    };

    private static List<(string Id, string Type)> Users(MacState state)
    {
        List<(string, string)> users = [.. state.Users.Values.Where(user => user.SecureToken).Select(user => (user.GeneratedUid, PersonType))];
        users.AddRange(state.OrphanedCryptoUsers.Values.Select(orphan => (orphan, PersonType)));
        if (state.BootstrapTokenEscrowed)
        {
            users.Add((BootstrapToken, "MDM Bootstrap Token External Key"));
        }

        return users;
    }

    private static CommandAnswer Tree(List<(string Id, string Type)> users) => CommandAnswer.Ok(users.Count == 0
        ? "No cryptographic users for disk3s1s1\n"
        : string.Create(CultureInfo.InvariantCulture, $"Cryptographic users for disk3s1s1 ({users.Count} found)\n") + string.Concat(users.Select((user, at) =>
        {
            // The last entry is not followed by the tree's line.
            var bar = at + 1 < users.Count ? '|' : ' ';
            return $"|\n+-- {user.Id}\n{bar}   Type: {user.Type}\n{bar}   Volume Owner: Yes\n";
        })));

    private static CommandAnswer Plist(List<(string Id, string Type)> users) => CommandAnswer.Ok(new XDocument(
        new XElement("plist", new XAttribute("version", "1.0"), new XElement(
            "dict",
            new XElement("key", "Users"),
            new XElement("array", users.Select(user => new XElement(
                "dict",
                new XElement("key", "APFSCryptoUserUUID"),
                new XElement("string", user.Id),
                new XElement("key", "APFSCryptoUserType"),
                new XElement("string", user.Type == PersonType ? "LocalOpenDirectory" : "MDMBootstrapTokenExternalKey"),
                new XElement("key", "VolumeOwner"),
                new XElement("true"))))))) + "\n");
}
