using System.Text.Json;

namespace Prestage.Shim.Settings;

/// <summary>Reads typed values from the settings' JSON and collects what is wrong, each error naming its key and what would be right.</summary>
internal sealed class SettingsValues(JsonElement json, string prefix, List<string> errors)
{
    public string? Text(string key, string? fallback = null)
    {
        if (!json.TryGetProperty(key, out var value))
        {
            return fallback;
        }

        if (value.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(value.GetString()))
        {
            return value.GetString()!.Trim();
        }

        Wrong(key, "must be a text that is not empty");
        return fallback;
    }

    public string Required(string key, string what)
    {
        if (!json.TryGetProperty(key, out _))
        {
            Wrong(key, $"is missing; it must be {what}");
        }

        return Text(key) ?? string.Empty;
    }

    public bool Flag(string key, bool fallback)
    {
        if (!json.TryGetProperty(key, out var value))
        {
            return fallback;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Wrong(key, "must be true or false");
        return fallback;
    }

    /// <summary>An absolute https address; http only for this very machine.</summary>
    public Uri Address(string key, string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.UserInfo.Length == 0
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.Host is "127.0.0.1" or "localhost")))
        {
            return address;
        }

        if (text.Length > 0)
        {
            Wrong(key, "must be an https:// address (http:// only for 127.0.0.1 and localhost)");
        }

        return new Uri("https://invalid.example/");
    }

    public SettingsValues Group(string key)
    {
        if (json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Object)
        {
            return new SettingsValues(value, $"{prefix}{key}.", errors);
        }

        if (value.ValueKind != JsonValueKind.Undefined)
        {
            Wrong(key, "must be an object");
        }

        using var empty = JsonDocument.Parse("{}");
        return new SettingsValues(empty.RootElement.Clone(), $"{prefix}{key}.", errors);
    }

    public void Wrong(string key, string what) => errors.Add($"{prefix}{key} {what}.");
}
