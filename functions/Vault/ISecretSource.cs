namespace Prestage.Functions.Vault;

/// <summary>Where secrets come from: Key Vault, or one setting in development.</summary>
internal interface ISecretSource
{
    /// <summary>The secret, from memory for some minutes. Throws <see cref="SecretUnavailableException"/>.</summary>
    ValueTask<Secret> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>The secret as it is now at its source. Throws <see cref="SecretUnavailableException"/>.</summary>
    Task<Secret> ReloadAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// The same for a look that nothing depends on: it takes no turn from who must have the present value after a refusal.
    /// Throws <see cref="SecretUnavailableException"/>.
    /// </summary>
    Task<Secret> LookAsync(string name, CancellationToken cancellationToken) => ReloadAsync(name, cancellationToken);

    /// <summary>What is known of the secret without asking its source; null where it was never read, or where there is nothing to know.</summary>
    SecretFacts? Facts(string name) => null;
}

/// <summary>What is known of a secret besides its value.</summary>
/// <param name="EndsAt">Its attribute <c>exp</c>, which Key Vault itself does not act upon.</param>
internal sealed record SecretFacts(DateTimeOffset? EndsAt);

/// <summary>Why a secret cannot be read.</summary>
internal enum SecretFault
{
    /// <summary>Its source has no such secret.</summary>
    Missing,

    /// <summary>The secret is there and switched off.</summary>
    Disabled,

    /// <summary>It was read and is not what it should be.</summary>
    Malformed,

    /// <summary>The identity lacks the role.</summary>
    RoleMissing,

    /// <summary>The vault's network rules keep us out.</summary>
    NetworkRefused,

    /// <summary>There is no token for the managed identity.</summary>
    NoIdentity,

    /// <summary>Something else than that vault answers at its address.</summary>
    WrongVault,

    /// <summary>No answer, or not in time.</summary>
    Unreachable,

    /// <summary>The vault answers that it cannot now, or something that we do not know.</summary>
    Busy,
}

/// <summary>A secret cannot be read; the message says which and, for operators, why.</summary>
internal sealed class SecretUnavailableException(string name, SecretFault fault, string reason, Exception? cause = null)
    : Exception($"The secret {name} cannot be read: {reason}", cause)
{
    /// <summary>Why.</summary>
    public SecretFault Fault { get; } = fault;

    /// <summary>Whether its source answered that there is no such secret, or none that is of use or to be used.</summary>
    public bool IsMissing => Fault is SecretFault.Missing or SecretFault.Disabled or SecretFault.Malformed;
}
