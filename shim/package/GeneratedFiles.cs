using Prestage.Shim.Mac;

namespace Prestage.Package;

/// <summary>Every file that is made from the settings, by its path in the repository.</summary>
internal static class GeneratedFiles
{
    /// <summary>Stands for the team that signs the package; a right one has ten characters too.</summary>
    public const string NoTeam = "YOURTEAMID";

    private const string Folder = "shim/package/files";

    /// <param name="team">Apple team id of the signature, for the privacy and background-items profiles.</param>
    public static IReadOnlyDictionary<string, string> For(string team) => new Dictionary<string, string>
    {
        [$"{Folder}/{MacPaths.Label}.settings.mobileconfig"] = Profiles.Settings(),
        [$"{Folder}/{MacPaths.Label}.privacy.mobileconfig"] = Profiles.Privacy(team),
        [$"{Folder}/{MacPaths.Label}.background-items.mobileconfig"] = Profiles.BackgroundItems(team),
        [$"{Folder}/{MacPaths.Label}.manifest.plist"] = Manifest.Write(),
        [$"{Folder}/{MacPaths.Label}.schema.json"] = JamfSchema.Write(),
        [$"{Folder}/{MacPaths.Label}.plist"] = Installation.LaunchDaemon(),
        [$"{Folder}/distribution.xml"] = Installation.Distribution(),
        ["docs/mac-settings.md"] = SettingsPage.Write(),
    };
}
