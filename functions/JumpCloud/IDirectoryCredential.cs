namespace Prestage.Functions.JumpCloud;

/// <summary>What the backend shows JumpCloud to be let in. Its two kinds are chosen by <c>JumpCloud__Auth</c>.</summary>
internal interface IDirectoryCredential
{
    /// <summary>What an operator does when JumpCloud refuses us.</summary>
    string Remedy { get; }

    /// <summary>What to show now. Throws <see cref="Vault.SecretUnavailableException"/> or <see cref="DirectoryException"/>.</summary>
    ValueTask<Secret> GetAsync(CancellationToken cancellationToken);

    /// <summary>Something else to show, after JumpCloud answered 401 to <paramref name="refused"/>; null where there is nothing else.</summary>
    Task<Secret?> RenewAsync(Secret refused, CancellationToken cancellationToken);

    /// <summary>Puts it on a request, in place of an earlier one.</summary>
    void Apply(HttpRequestMessage request, Secret shown);
}
