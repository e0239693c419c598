namespace Prestage.Functions.Vault;

/// <summary>Secrets from settings, for development, where no vault is set; an empty setting is no secret.</summary>
internal sealed class SettingSecrets(params IReadOnlyList<(string Name, string? Value)> settings) : ISecretSource
{
    private readonly Dictionary<string, Secret> secrets = settings
        .Where(setting => !string.IsNullOrEmpty(setting.Value))
        .ToDictionary(setting => setting.Name, setting => new Secret(setting.Value!), StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<Secret> GetAsync(string name, CancellationToken cancellationToken) => secrets.TryGetValue(name, out var secret)
        ? new(secret)
        : throw new SecretUnavailableException(name, SecretFault.Missing, "no vault is set.");

    /// <inheritdoc/>
    public Task<Secret> ReloadAsync(string name, CancellationToken cancellationToken) => GetAsync(name, cancellationToken).AsTask();
}
