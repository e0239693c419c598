using Prestage.Shim.Mac;
using Prestage.Shim.Settings;

namespace Prestage.Package;

/// <summary>The three profiles that an MDM brings before the package.</summary>
internal static class Profiles
{
    private static readonly MacPaths Paths = new(string.Empty);

    /// <summary>The settings: what is required, as a template.</summary>
    public static string Settings() => Profile.Write(
        "settings",
        "Prestage: settings",
        "How this Mac enrolls. docs/mac-settings.md has every key.",
        MacPaths.Label,
        SettingKeys.All.Where(key => key.Required is not null).Select(key => (key.Name, (object?)key.Example)));

    /// <summary>
    /// Privacy grants. Deleting accounts needs SystemPolicySysAdminFiles; full disk access covers it and is what a program can find out about itself.
    /// The Apple event asks loginwindow to log out without a question.
    /// </summary>
    public static string Privacy(string team) => Profile.Write(
        "privacy",
        "Prestage: privacy grants",
        "Lets Prestage delete the enrollment user and log it out.",
        "com.apple.TCC.configuration-profile-policy",
        ("Services", PropertyList.Dict(
            ("SystemPolicyAllFiles", PropertyList.Array(Grant(team, "Needed to delete accounts; the program checks for it."))),
            ("SystemPolicySysAdminFiles", PropertyList.Array(Grant(team, "Needed to delete accounts."))),
            ("AppleEvents", PropertyList.Array(Grant(
                team,
                "Asks loginwindow to log the enrollment user out.",
                ("AEReceiverIdentifier", "com.apple.loginwindow"),
                ("AEReceiverIdentifierType", "bundleID"),
                ("AEReceiverCodeRequirement", "identifier \"com.apple.loginwindow\" and anchor apple")))))));

    /// <summary>Background items of macOS 13 and later: no notice, and nobody but the MDM switches the job off.</summary>
    public static string BackgroundItems(string team) => Profile.Write(
        "background-items",
        "Prestage: background item",
        "Lets Prestage's launchd job run without a notice.",
        "com.apple.servicemanagement",
        ("Rules", PropertyList.Array(PropertyList.Dict(
            ("RuleType", "Label"),
            ("RuleValue", MacPaths.Label),
            ("TeamIdentifier", team),
            ("Comment", "Prestage")))));

    private static System.Xml.Linq.XElement Grant(string team, string comment, params (string Key, object? Value)[] more) => PropertyList.Dict(
    [
        ("Identifier", Paths.Program),
        ("IdentifierType", "path"),
        ("CodeRequirement", $"identifier \"{MacPaths.Label}\" and anchor apple generic and certificate leaf[subject.OU] = \"{team}\""),
        ("Authorization", "Allow"),
        ("Comment", comment),
        .. more,
    ]);
}
