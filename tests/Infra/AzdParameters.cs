using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Prestage.Tests.Infra;

/// <summary>What azd makes of <c>main.parameters.json</c>: variables put in, and texts turned into the types of the parameters.</summary>
internal static partial class AzdParameters
{
    /// <summary>A parameter file for Bicep with these variables.</summary>
    public static string Write(Dictionary<string, JsonNode> parameters, ArmTemplate main, IReadOnlyDictionary<string, string> variables)
    {
        var file = new StringBuilder("using 'main.bicep'\n");
        foreach (var (name, value) in parameters)
        {
            var declared = main.Parameters[name];
            var given = Substitute(value, variables);

            // azd leaves an empty text out where the template has a default.
            if (!(given.ToString().Length == 0 && main.IsOptional(name)))
            {
                var json = Convert(given, (string)declared["type"]!).ToJsonString()
                    .Replace("\\", "\\\\").Replace("'", "\\'").Replace("${", "\\${");
                file.Append(CultureInfo.InvariantCulture, $"param {name} = json('{json}')\n");
            }
        }

        return file.ToString();
    }

    private static JsonNode Substitute(JsonNode? value, IReadOnlyDictionary<string, string> variables) => value is JsonObject properties
        ? new JsonObject(properties.Select(each => KeyValuePair.Create<string, JsonNode?>(each.Key, Substitute(each.Value, variables))))
        : JsonValue.Create(Variable().Replace((string)value!, match =>
            variables.TryGetValue(match.Groups["name"].Value, out var set) && set.Length > 0 ? set : match.Groups["default"].Value));

    private static JsonNode Convert(JsonNode value, string type) => type switch
    {
        "bool" or "int" => JsonSerializer.Deserialize<JsonNode>((string)value!)!,
        _ => value,
    };

    [GeneratedRegex(@"\$\{(?<name>\w+)(=(?<default>[^}]*))?\}")]
    private static partial Regex Variable();
}
