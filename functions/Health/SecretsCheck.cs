using Prestage.Functions.Devices;
using Prestage.Functions.History;
using Prestage.Functions.JumpCloud;
using Prestage.Functions.Vault;
using static Prestage.Functions.Health.DependencyStatus;

namespace Prestage.Functions.Health;

/// <summary>One secret that the program needs.</summary>
/// <param name="Without">How it is without.</param>
/// <param name="IsRight">Whether a value is of use.</param>
/// <param name="Right">What a right value is, after "it".</param>
internal sealed record NeededSecret(string Name, DependencyStatus Without, Func<string, bool> IsRight, string Right)
{
    /// <summary>Whether there need not be one.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether the value read before stays in use when it is gone from the vault; a leaked device key must not outlive its secret.</summary>
    public bool IsKept { get; init; } = true;

    /// <summary>The secrets that these settings ask for.</summary>
    public static IReadOnlyList<NeededSecret> Of(JumpCloudAuth auth, TrustMode trust)
    {
        // A blank or a line's end before or after a key is a usual accident, and to JumpCloud another key.
        NeededSecret Shown(string name) => new(name, Down, text => text.Length > 0 && text.All(c => c is > ' ' and <= '~'),
            "must be printable ASCII without blanks and line ends");
        NeededSecret Device(string name) => new(name, Down, RecordClaim.IsKey, RecordClaim.KeyRule) { IsKept = false };
        return
        [
            .. auth == JumpCloudAuth.ApiKey
                ? new[] { Shown(ApiKeyCredential.SecretName) }
                : [Shown(ServiceAccountTokens.ClientIdName), Shown(ServiceAccountTokens.ClientSecretName)],
            new(EventKeys.SecretName, Degraded, text => EventKeyring.TryParse(text, out _), EventKeyring.Right.TrimEnd('.')),
            .. trust == TrustMode.Record
                ? new[] { Device(DeviceKeys.SecretName), Device(DeviceKeys.PreviousSecretName) with { Without = Degraded, IsOptional = true } }
                : [],
        ];
    }
}

/// <summary>The vault, and each secret in it: readable, of the right shape, not about to expire.</summary>
internal sealed class SecretsCheck(ISecretSource secrets, VaultOptions vault, IReadOnlyList<NeededSecret> needed, TimeProvider clock) : IDependencyCheck
{
    private const string Vault = "vault";

    // As Key Vault's own event SecretNearExpiry.
    private static readonly TimeSpan NearExpiry = TimeSpan.FromDays(30);

    private string Place => vault.Uri is null ? "settings" : "vault";

    /// <inheritdoc/>
    public async Task LookAsync(DependencyBoard board, CancellationToken cancellationToken)
    {
        SecretUnavailableException? refused = null;
        foreach (var secret in needed)
        {
            try
            {
                var value = await secrets.LookAsync(secret.Name, cancellationToken);
                board.Post($"secret/{secret.Name}", secret.IsRight(value.Reveal()) ? InTime(secret) : Malformed(secret));
            }
            catch (SecretUnavailableException exception) when (exception.Fault is SecretFault.Missing or SecretFault.Disabled)
            {
                board.Post($"secret/{secret.Name}", NotThere(secret, exception.Fault));
            }
            catch (SecretUnavailableException exception)
            {
                refused = exception;
                board.Post($"secret/{secret.Name}", Finding.Unknown("It cannot be read: see vault."));
            }
        }

        if (vault.Uri is not null)
        {
            board.Post(Vault, refused is null ? Finding.Ok($"{needed.Count} secrets were asked for.") : Of(refused));
        }
    }

    private Finding InTime(NeededSecret secret)
    {
        var ends = secrets.Facts(secret.Name)?.EndsAt;
        return (ends - clock.GetUtcNow()) switch
        {
            { } left when left <= TimeSpan.Zero => new(
                Degraded, "secret-expired", $"Its expiry date, {ends:yyyy-MM-dd}, has passed. It is used all the same.", Rotate(secret)),
            { } left when left <= NearExpiry => new(
                Degraded, "secret-expiring", $"It expires on {ends:yyyy-MM-dd}.", Rotate(secret)),
            _ => Finding.Ok($"It is in the {Place}."),
        };
    }

    private Finding Malformed(NeededSecret secret) => new(
        secret.Without, "secret-malformed", $"What is in the {Place} is of no use: it {secret.Right}.", $"{Put(secret)} It is picked up without a restart.");

    private Finding NotThere(NeededSecret secret, SecretFault fault)
    {
        if (secret.IsOptional)
        {
            return Finding.Ok("There is none, and none is needed outside a rotation.");
        }

        var isKept = secret.IsKept && secrets.Facts(secret.Name) is not null;
        var (status, kept) = isKept ? (Degraded, " What was read before stays in use until the app starts anew.") : (secret.Without, string.Empty);
        return fault == SecretFault.Missing
            ? new(status, "secret-missing", $"There is no secret {secret.Name} in the {Place}.{kept}", $"{Put(secret)} It is picked up without a restart.")
            : new(status, "secret-disabled", $"The secret {secret.Name} is disabled.{kept}",
                "Enable its newest version in the vault, or put a new one. It is picked up without a restart.");
    }

    // What was read before stays in use, so that a vault that is away need not stop anybody.
    private Finding Of(SecretUnavailableException refused)
    {
        var isDown = needed.Any(secret => secret.Without == Down && !secret.IsOptional && secrets.Facts(secret.Name) is null);
        var (code, detail, remedy) = refused.Fault switch
        {
            SecretFault.RoleMissing => ("vault-role-missing", "The vault refuses the app's identity.",
                "Give the identity of Vault__ClientId the role Key Vault Secrets User on the vault: azd provision does. It counts after some minutes."),
            SecretFault.NetworkRefused => ("vault-network-refused", "The vault's network rules keep this app out.",
                "Let this app's network in at the vault (Networking), or approve its private endpoint."),
            SecretFault.NoIdentity => ("identity-missing", "There is no token of the managed identity for the vault.",
                "Give the app the user-assigned identity whose client id is in Vault__ClientId: azd provision does."),
            SecretFault.WrongVault => ("vault-wrong", "What answers at Vault__Uri is not that vault.", "Set Vault__Uri to the vault's own address."),
            SecretFault.Unreachable => ("vault-unreachable", "The vault does not answer.",
                "See that the vault of Vault__Uri exists (az keyvault recover brings a deleted one back) and that this app's network reaches it."),
            _ => ("vault-busy", "The vault answers that it cannot now.", "Wait; if it lasts, look at the vault's metrics and at Azure's status page."),
        };
        return new(isDown ? Down : Degraded, code, isDown ? detail : $"{detail} The secrets that were read before stay in use.", remedy);
    }

    private string Put(NeededSecret secret) => vault.Uri is null
        ? "Set it as docs/settings.md says."
        : $"Put it there: sh infra/hooks/secrets.sh set {secret.Name}, or az keyvault secret recover where it was deleted.";

    private static string Rotate(NeededSecret secret) => $"Make a new {secret.Name} and put it into the vault: docs/operations.md, Secrets.";
}
