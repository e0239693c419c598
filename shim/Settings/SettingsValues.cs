using System.Text.Json;

namespace Prestage.Shim.Settings;

/// <summary>Reads typed values from the settings' JSON and collects what is wrong, each error naming its key and what would be right.</summary>
internal sealed class SettingsValues(JsonElement json, List<string> errors)
{
    private readonly HashSet<string> wrongGroups = [];

    /// <summary>The value, else the default; empty where neither is there.</summary>
    public string Text(SettingKey key) => TextOrNull(key) ?? string.Empty;

    public string? TextOrNull(SettingKey key)
    {
        if (Find(key) is not { } value)
        {
            if (key.Required is { } what)
            {
                Wrong(key, $"is missing; it must be {what}");
            }

            return key.Default;
        }

        if (value.ValueKind != JsonValueKind.String || string.IsNullOrWhiteSpace(value.GetString()))
        {
            Wrong(key, "must be a text that is not empty");
            return key.Default;
        }

        var text = value.GetString()!.Trim();
        if (key.Choices.Count > 0 && !key.Choices.Contains(text))
        {
            Wrong(key, key.Choices is [var only] ? $"must be {only}: this version has no other" : $"must be one of {string.Join(", ", key.Choices)}");
            return key.Default;
        }

        return text;
    }

    /// <summary>The members of a dictionary of texts; a wrong one is left out.</summary>
    public IEnumerable<(string Name, string Text)> Texts(SettingKey key)
    {
        if (Find(key) is not { } value)
        {
            yield break;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            Wrong(key, "must be an object");
            yield break;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(member.Value.GetString()))
            {
                yield return (member.Name, member.Value.GetString()!.Trim());
            }
            else
            {
                errors.Add($"{key.Name}.{member.Name} must be a text that is not empty.");
            }
        }
    }

    public bool Flag(SettingKey key)
    {
        var fallback = key.Default == "true";
        if (Find(key) is not { } value)
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
    public Uri Address(SettingKey key)
    {
        var text = Text(key);
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

    public void Wrong(SettingKey key, string what) => errors.Add($"{key.Name} {what}.");

    private JsonElement? Find(SettingKey key)
    {
        var place = json;
        var names = key.Name.Split('.');
        foreach (var group in names[..^1])
        {
            if (!place.TryGetProperty(group, out place))
            {
                return null;
            }

            if (place.ValueKind != JsonValueKind.Object)
            {
                if (wrongGroups.Add(group))
                {
                    errors.Add($"{group} must be an object.");
                }

                return null;
            }
        }

        return place.TryGetProperty(names[^1], out var value) ? value : null;
    }
}
