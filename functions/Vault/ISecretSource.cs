namespace Prestage.Functions.Vault;

/// <summary>Where secrets come from: Key Vault, or one setting in development.</summary>
internal interface ISecretSource
{
    /// <summary>The secret, from memory for some minutes. Throws <see cref="SecretUnavailableException"/>.</summary>
    ValueTask<Secret> GetAsync(string name, CancellationToken cancel);

    /// <summary>The secret as it is now at its source. Throws <see cref="SecretUnavailableException"/>.</summary>
    Task<Secret> ReloadAsync(string name, CancellationToken cancel);
}

/// <summary>A secret cannot be read; the message says which and, for operators, why.</summary>
internal sealed class SecretUnavailableException(string name, string reason, Exception? cause = null)
    : Exception($"The secret {name} cannot be read: {reason}", cause)
{
    /// <summary>Whether its source answered that there is no such secret.</summary>
    public bool IsMissing { get; init; }
}
