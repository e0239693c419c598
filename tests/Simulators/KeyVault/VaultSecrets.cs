using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Prestage.Simulators.KeyVault;

/// <summary>The secrets, each with all its versions. Safe for concurrent use.</summary>
internal sealed partial class VaultSecrets(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<Version>> secrets = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds a version, which is what a rotation is; answers its id.</summary>
    /// <exception cref="ArgumentException">The name is not of <c>[0-9A-Za-z-]{1,127}</c>.</exception>
    public string Set(string name, string value, DateTimeOffset? endsAt = null)
    {
        if (!Name().IsMatch(name))
        {
            throw new ArgumentException("not a secret's name", nameof(name));
        }

        var version = new Version(RandomNumberGenerator.GetHexString(32, lowercase: true), value, clock.GetUtcNow().ToUnixTimeSeconds(), endsAt?.ToUnixTimeSeconds());
        lock (gate)
        {
            if (!secrets.TryGetValue(name, out var versions))
            {
                secrets[name] = versions = [];
            }

            versions.Add(version);
        }

        return version.Id;
    }

    /// <summary>Disables every version that a secret has now; a further <see cref="Set"/> makes an enabled one.</summary>
    public void Disable(string name)
    {
        lock (gate)
        {
            secrets[name].ForEach(version => version.Enabled = false);
        }
    }

    /// <summary>Forgets a secret with all its versions.</summary>
    public void Remove(string name)
    {
        lock (gate)
        {
            secrets.Remove(name);
        }
    }

    /// <summary>The secret's bundle, newest enabled version when none is named; null = there is none.</summary>
    internal JsonObject? Find(Uri vault, string name, string? version)
    {
        lock (gate)
        {
            var versions = secrets.GetValueOrDefault(name);
            var found = version is null ? versions?.FindLast(one => one.Enabled) ?? versions?[^1] : versions?.Find(one => one.Id == version);
            return found is null ? null : new JsonObject
            {
                ["value"] = found.Value,
                ["id"] = new Uri(vault, $"secrets/{name}/{found.Id}").AbsoluteUri,
                ["attributes"] = new JsonObject
                {
                    ["enabled"] = found.Enabled,
                    ["created"] = found.Created,
                    ["updated"] = found.Created,
                    ["exp"] = found.EndsAt,
                    ["recoveryLevel"] = "Recoverable",
                },
                ["tags"] = new JsonObject(),
            };
        }
    }

    [GeneratedRegex("^[0-9A-Za-z-]{1,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    // A class and not a record: nothing prints the value.
    private sealed class Version(string id, string value, long created, long? endsAt)
    {
        public string Id => id;

        public string Value => value;

        public long Created => created;

        public long? EndsAt => endsAt;

        public bool Enabled { get; set; } = true;
    }
}
