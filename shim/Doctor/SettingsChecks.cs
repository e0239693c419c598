using System.Text.Json;
using Prestage.Shim.Settings;

namespace Prestage.Shim.Doctor;

/// <summary>Whether the settings can be used, and whether each key is one.</summary>
internal static class SettingsChecks
{
    private const string Name = "settings";
    private const string Fix = "Correct it in the profile or in config.json; docs/mac-settings.md has every key.";

    /// <summary>The settings too, where they can be used.</summary>
    public static async Task<(IReadOnlyList<Finding> Findings, ShimSettings? Settings)> CheckAsync(SettingsReader reader, CancellationToken cancellationToken)
    {
        try
        {
            var (json, source) = await reader.ReadTextAsync(cancellationToken);
            var settings = SettingsParser.Parse(json, source);
            var unknown = UnknownKeys(json).Select(key => Finding.Warning(Name, $"{key} is not a setting, and is not read.", Fix)).ToList();
            return (unknown.Count > 0 ? unknown : [Finding.Ok(Name, $"{source} has all that is required.")], settings);
        }
        catch (SettingsException exception)
        {
            return ([.. exception.Errors.Select(error => Finding.Failed(Name, error, Fix))], null);
        }
    }

    // Profiles may carry their own Payload… keys into the file.
    private static List<string> UnknownKeys(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. Names(document.RootElement, string.Empty)
            .Where(name => !name.StartsWith("Payload", StringComparison.Ordinal) && SettingKeys.All.All(key => key.Name != name))];
    }

    private static IEnumerable<string> Names(JsonElement json, string prefix) => json.EnumerateObject().SelectMany(member =>
        member.Value.ValueKind == JsonValueKind.Object && SettingKeys.All.Any(key => key.Name.StartsWith($"{prefix}{member.Name}.", StringComparison.Ordinal))
            ? Names(member.Value, $"{prefix}{member.Name}.")
            : [$"{prefix}{member.Name}"]);
}
