using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.Mac.Machine;

/// <summary>
/// An app bundle and its seal: <c>Contents/_CodeSignature/CodeResources</c> has the team, whether Apple's Developer ID authority issued its certificate,
/// and the hash of every other file, as JSON where a real one is a property list.
/// </summary>
internal static class SignedApp
{
    private const string Seal = "Contents/_CodeSignature/CodeResources";

    /// <summary>Signs the bundle as it lies there.</summary>
    public static void Sign(string app, string team, bool byApple = true)
    {
        var files = new JsonObject([.. Files(app).Select(file => KeyValuePair.Create<string, JsonNode?>(Path.GetRelativePath(app, file), Hash(file)))]);
        var seal = new JsonObject { ["team"] = team, ["byApple"] = byApple, ["files"] = files };
        UnixFile.Write(Path.Combine(app, Seal), seal.ToJsonString(), UnixFile.ReadableByAll);
    }

    /// <summary>The seal; null if there is none.</summary>
    public static JsonObject? SealOf(string app) =>
        File.Exists(Path.Combine(app, Seal)) ? JsonNode.Parse(File.ReadAllBytes(Path.Combine(app, Seal))) as JsonObject : null;

    /// <summary>Whether every file is as it was signed, none is missing, and none was added.</summary>
    public static bool IsIntact(string app, JsonObject seal)
    {
        var signed = seal["files"]!.AsObject().ToDictionary(file => file.Key, file => (string)file.Value!, StringComparer.Ordinal);
        var found = Files(app).ToDictionary(file => Path.GetRelativePath(app, file), Hash, StringComparer.Ordinal);
        return signed.Count == found.Count && signed.All(file => found.GetValueOrDefault(file.Key) == file.Value);
    }

    private static IEnumerable<string> Files(string app) =>
        Directory.EnumerateFiles(app, "*", SearchOption.AllDirectories).Where(file => file != Path.Combine(app, Seal)).Order(StringComparer.Ordinal);

    private static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
}
