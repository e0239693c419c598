using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prestage.Shim.Mac;
using Prestage.Shim.Settings;

namespace Prestage.Package;

/// <summary>The JSON schema from which Jamf Pro makes a form (Application and Custom Settings, External Applications, Custom Schema).</summary>
internal static class JamfSchema
{
    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write()
    {
        JsonObject schema = new()
        {
            ["title"] = $"Prestage ({MacPaths.Label})",
            ["description"] = "How this Mac enrolls in JumpCloud.",
            ["__preferencedomain"] = MacPaths.Label,
            ["type"] = "object",
            ["required"] = new JsonArray([.. SettingKeys.All.Where(key => key.Required is not null).Select(key => (JsonNode)key.Name)]),
        };
        JsonObject properties = [];
        schema["properties"] = properties;
        foreach (var key in SettingKeys.All)
        {
            var place = properties;
            foreach (var group in key.Name.Split('.')[..^1])
            {
                properties.TryAdd(group, new JsonObject { ["type"] = "object", ["title"] = group, ["properties"] = new JsonObject() });
                place = properties[group]!["properties"]!.AsObject();
            }

            place[key.Name.Split('.')[^1]] = Property(key);
        }

        return schema.ToJsonString(Form) + "\n";
    }

    private static JsonObject Property(SettingKey key)
    {
        JsonObject property = new()
        {
            ["title"] = key.Title,
            ["description"] = key.Description.Replace("`", string.Empty, StringComparison.Ordinal),
            ["type"] = key.Kind switch { SettingKind.Flag => "boolean", SettingKind.Texts => "object", _ => "string" },
            ["options"] = new JsonObject { ["infoText"] = $"Key: {key.Name}" },
        };
        if (key.Kind == SettingKind.Texts)
        {
            property["additionalProperties"] = new JsonObject { ["type"] = "string" };
        }

        if (key.Default is { } value)
        {
            property["default"] = key.Kind == SettingKind.Flag ? value == "true" : value;
        }

        if (key.Choices.Count > 0)
        {
            property["enum"] = new JsonArray([.. key.Choices.Select(choice => (JsonNode)choice)]);
        }

        if (key.Pattern is { } pattern)
        {
            property["pattern"] = pattern;
        }

        return property;
    }
}
