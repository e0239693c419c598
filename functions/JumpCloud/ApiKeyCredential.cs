using Prestage.Functions.Vault;

namespace Prestage.Functions.JumpCloud;

/// <summary>An administrator's key in <see cref="Header"/>.</summary>
internal sealed class ApiKeyCredential(ISecretSource secrets) : IDirectoryCredential
{
    /// <summary>The header that carries the key.</summary>
    public const string Header = "x-api-key";

    /// <summary>The vault secret.</summary>
    public const string SecretName = "jumpcloud-api-key";

    /// <inheritdoc/>
    public string Remedy => $"Put a valid key into the vault secret {SecretName}: it is picked up without a restart";

    /// <inheritdoc/>
    public ValueTask<Secret> GetAsync(CancellationToken cancellationToken) => secrets.GetAsync(SecretName, cancellationToken);

    /// <inheritdoc/>
    public async Task<Secret?> RenewAsync(Secret refused, CancellationToken cancellationToken)
    {
        var known = await secrets.GetAsync(SecretName, cancellationToken);
        if (!known.FixedTimeEquals(refused.Reveal()))
        {
            return known;
        }

        var renewed = await secrets.ReloadAsync(SecretName, cancellationToken);
        return renewed.FixedTimeEquals(refused.Reveal()) ? null : renewed;
    }

    /// <inheritdoc/>
    public void Apply(HttpRequestMessage request, Secret shown)
    {
        request.Headers.Remove(Header);
        request.Headers.TryAddWithoutValidation(Header, shown.Reveal());
    }
}
