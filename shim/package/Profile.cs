using System.Security.Cryptography;
using System.Text;
using Prestage.Shim.Mac;

namespace Prestage.Package;

/// <summary>A configuration profile with one payload, for the whole Mac. Its UUIDs come from its identifiers, so that a new version replaces the old one.</summary>
internal static class Profile
{
    private const string Made = "Made by ./dev profiles. Sign it, or let the MDM do so.";

    /// <param name="suffix">Tells this profile's identifiers from the others'.</param>
    /// <param name="payload">What the payload has besides its own description.</param>
    public static string Write(string suffix, string name, string description, string payloadType, params IEnumerable<(string Key, object? Value)> payload)
    {
        var identifier = $"{MacPaths.Label}.{suffix}";
        var inner = PropertyList.Dict(Describe($"{identifier}.payload", payloadType, name).Concat(payload));
        var outer = PropertyList.Dict(Describe(identifier, "Configuration", name).Concat(
        [
            ("PayloadDescription", description),
            ("PayloadOrganization", "Prestage"),
            ("PayloadScope", "System"),
            ("PayloadRemovalDisallowed", true),
            ("PayloadContent", PropertyList.Array(inner)),
        ]));
        return PropertyList.Write(outer, Made);
    }

    private static IEnumerable<(string Key, object? Value)> Describe(string identifier, string type, string name) =>
    [
        ("PayloadType", type),
        ("PayloadVersion", 1),
        ("PayloadIdentifier", identifier),
        ("PayloadUUID", Uuid(identifier)),
        ("PayloadDisplayName", name),
    ];

    private static string Uuid(string identifier) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(identifier)).AsSpan(0, 16)).ToString().ToUpperInvariant();
}
