using System.Text;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;

namespace Prestage.Shim.Settings;

/// <summary>Finds the settings: the managed preferences of a profile, else <c>config.json</c> in the state directory.</summary>
internal sealed class SettingsReader(MacPaths paths, CommandRunner commands)
{
    /// <exception cref="SettingsException">There are none, or they cannot be used.</exception>
    public async Task<ShimSettings> ReadAsync(CancellationToken cancellationToken)
    {
        var (json, source) = await ReadTextAsync(cancellationToken);
        return SettingsParser.Parse(json, source);
    }

    private void Require(string file)
    {
        if (paths.Trust.Refusal(file) is { } refusal)
        {
            throw new SettingsException([$"{file} is not read: {refusal}."]);
        }
    }

    /// <summary>The settings as JSON in UTF-8, and the file that they are from.</summary>
    /// <exception cref="SettingsException">There are none.</exception>
    public async Task<(ReadOnlyMemory<byte> Json, string Source)> ReadTextAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(paths.ManagedPreferences))
        {
            Require(paths.ManagedPreferences);

            // Read as a file: "defaults" answers from a cache.
            var json = await commands.RunAsync(Tool.Plutil, ["-convert", "json", "-o", "-", paths.ManagedPreferences], cancellationToken);
            return json.Succeeded
                ? (Encoding.UTF8.GetBytes(json.Output), paths.ManagedPreferences)
                : throw new SettingsException([$"{paths.ManagedPreferences} cannot be read as JSON: use texts, true/false and dictionaries only."]);
        }

        Require(paths.ConfigFile);
        return File.Exists(paths.ConfigFile)
            ? (File.ReadAllBytes(paths.ConfigFile), paths.ConfigFile)
            : throw new SettingsException([$"There are no settings: install the profile {MacPaths.Label} or write {paths.ConfigFile}."]);
    }
}
