using System.Xml.Linq;
using Prestage.Shim.Mac;
using Prestage.Shim.Settings;

namespace Prestage.Package;

/// <summary>A manifest as ProfileManifests/ProfileManifests describes it, for ProfileCreator, iMazing Profile Editor and others.</summary>
internal static class Manifest
{
    public static string Write() => PropertyList.Write(
        PropertyList.Dict(
            ("pfm_domain", MacPaths.Label),
            ("pfm_title", "Prestage"),
            ("pfm_description", "How this Mac enrolls in JumpCloud."),
            ("pfm_format_version", 1),
            ("pfm_version", 1),
            ("pfm_platforms", PropertyList.Array("macOS")),
            ("pfm_targets", PropertyList.Array("system")),
            ("pfm_interaction", "exclusive"),
            ("pfm_unique", true),
            ("pfm_subkeys", PropertyList.Array([.. PayloadKeys(), .. Keys()]))),
        "Made by ./dev profiles.");

    private static IEnumerable<XElement> PayloadKeys() =>
    [
        PayloadKey("PayloadDescription", "Payload Description", "string", "Prestage settings"),
        PayloadKey("PayloadDisplayName", "Payload Display Name", "string", "Prestage"),
        PayloadKey("PayloadIdentifier", "Payload Identifier", "string", MacPaths.Label),
        PayloadKey("PayloadType", "Payload Type", "string", MacPaths.Label),
        PayloadKey("PayloadUUID", "Payload UUID", "string", null),
        PayloadKey("PayloadVersion", "Payload Version", "integer", 1),
        PayloadKey("PayloadOrganization", "Payload Organization", "string", null),
    ];

    private static XElement PayloadKey(string name, string title, string type, object? value) => PropertyList.Dict(
        ("pfm_name", name),
        ("pfm_title", title),
        ("pfm_description", $"{title} of this profile."),
        ("pfm_type", type),
        ("pfm_require", name is "PayloadOrganization" or "PayloadDescription" ? null : "always"),
        ("pfm_default", value));

    // A dictionary stands where its first key stands.
    private static IEnumerable<XElement> Keys() => SettingKeys.All.GroupBy(key => key.Name.Split('.')[0]).Select(group =>
        group.First() is var only && only.Name == group.Key ? Subkey(only) : PropertyList.Dict(
            ("pfm_name", group.Key),
            ("pfm_title", $"{char.ToUpperInvariant(group.Key[0])}{group.Key[1..]}"),
            ("pfm_type", "dictionary"),
            ("pfm_subkeys", PropertyList.Array(group.Select(Subkey)))));

    private static XElement Subkey(SettingKey key) => PropertyList.Dict(
        ("pfm_name", key.Name.Split('.')[^1]),
        ("pfm_title", key.Title),
        ("pfm_description", key.Description.Replace("`", string.Empty, StringComparison.Ordinal)),
        ("pfm_type", key.Kind switch { SettingKind.Flag => "boolean", SettingKind.Texts => "dictionary", _ => "string" }),
        ("pfm_require", key.Required is null ? null : "always"),
        ("pfm_default", key.Kind == SettingKind.Flag ? key.Default == "true" : key.Default),
        ("pfm_value_placeholder", key.Example),
        ("pfm_range_list", key.Choices.Count == 0 ? null : PropertyList.Array(key.Choices)),
        ("pfm_format", key.Pattern),
        ("pfm_sensitive", key.IsSensitive ? true : null));
}
