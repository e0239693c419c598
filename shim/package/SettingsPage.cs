using System.Text;
using Prestage.Shim.Mac;
using Prestage.Shim.Settings;

namespace Prestage.Package;

/// <summary>docs/mac-settings.md.</summary>
internal static class SettingsPage
{
    private const string Head = $"""
        # Settings of the Mac

        <!-- Made by ./dev profiles from shim/Settings/SettingKeys.cs. -->

        Keys of a configuration profile for the domain `{MacPaths.Label}`, or of `/Library/Application Support/Prestage/config.json`, which only
        root may read. Where the profile is there, the file is not read. They are read at each start: a wrong or missing one ends the start with
        exit code 2 and a line that names it. An empty default means "not set". `shim/package/files` has them as a profile, as a manifest for
        ProfileCreator and as a schema for Jamf Pro.

        | key | kind | default | what it does |
        | --- | --- | --- | --- |

        """;

    private const string Foot = """

        ## An administrator for the Secure Token

        Not a setting, and never in a profile: `/Library/Application Support/Prestage/secure-token-admin`, owned by root, mode 600, one line
        `name;password` of an administrator of this Mac who holds a Secure Token. Where it is, the person's account gets its token before the first
        login, and `agentServiceAccount` = `create` can use it; else the Bootstrap Token grants it at the login. It is deleted once the account has
        been made, whatever came of it; one that others could have read or written is deleted unused, with a warning.

        """;

    public static string Write()
    {
        var page = new StringBuilder(Head);
        foreach (var key in SettingKeys.All)
        {
            var value = key.Required is null ? key.Default : "required";
            page.Append($"| `{key.Name}` | {Kind(key)} |{(value is null ? string.Empty : $" {value}")} | {key.Description} |\n");
        }

        return page.Append(Foot).ToString();
    }

    private static string Kind(SettingKey key) => key switch
    {
        { Choices.Count: > 0 } => string.Join(", ", key.Choices),
        { Kind: SettingKind.Flag } => "true, false",
        { Kind: SettingKind.Address } => "https address",
        { Kind: SettingKind.Texts } => "dictionary of texts",
        _ => "text",
    };
}
