namespace Prestage.Functions.Vault;

/// <summary>The directory's key from the setting <c>JumpCloud__ApiKey</c>, where no vault is set.</summary>
internal sealed class SettingSecret(string onlyName, Secret value) : ISecretSource
{
    /// <inheritdoc/>
    public ValueTask<Secret> GetAsync(string name, CancellationToken cancel) =>
        name == onlyName ? new(value) : throw new SecretUnavailableException(name, "no vault is set.");

    /// <inheritdoc/>
    public Task<Secret> ReloadAsync(string name, CancellationToken cancel) => GetAsync(name, cancel).AsTask();
}
