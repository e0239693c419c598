using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.Mac.Commands;

/// <summary>
/// A simulated installer package: a JSON text <c>{"package","name","version"?,"signature":{"status","leaf"}?}</c> in a file.
/// Without a signature it is an unsigned package.
/// </summary>
internal sealed record MacPackage(string Id, string Name, string Version, string? SignatureStatus, string? Leaf)
{
    private const string Distribution = "signed by a developer certificate issued by Apple for distribution";

    /// <summary>Signed with a Developer ID that Apple issued.</summary>
    public bool IsTrusted => SignatureStatus == Distribution;

    /// <summary>The team in the leaf's name.</summary>
    public string? Team => Leaf?.Split('(', ')') is [_, var team, _] ? team : null;

    /// <summary>Null where the file is missing or is no package.</summary>
    public static MacPackage? Read(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(File.ReadAllBytes(file)) is JsonObject package && (string?)package["package"] is { } id
                ? new MacPackage(
                    id,
                    (string?)package["name"] ?? id,
                    (string?)package["version"] ?? "1.0",
                    (string?)package["signature"]?["status"],
                    (string?)package["signature"]?["leaf"])
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
