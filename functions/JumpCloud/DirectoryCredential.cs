using Prestage.Functions.Vault;

namespace Prestage.Functions.JumpCloud;

/// <summary>
/// What the backend shows JumpCloud: an administrator's key in <c>x-api-key</c>. The one place that knows how we sign in; a service
/// account's bearer token (facts: HC "Service Account for APIs") would be applied and renewed here.
/// </summary>
internal sealed class DirectoryCredential(ISecretSource secrets)
{
    /// <summary>The vault secret.</summary>
    public const string ApiKeySecret = "jumpcloud-api-key";

    /// <summary>The key as known now.</summary>
    public ValueTask<Secret> GetAsync(CancellationToken cancel) => secrets.GetAsync(ApiKeySecret, cancel);

    /// <summary>
    /// The key read anew, after JumpCloud answered 401 to <paramref name="refused"/>; null when the vault holds no other one.
    /// </summary>
    public async Task<Secret?> RenewAsync(Secret refused, CancellationToken cancel)
    {
        var known = await secrets.GetAsync(ApiKeySecret, cancel);
        if (!known.FixedTimeEquals(refused.Reveal()))
        {
            return known;
        }

        var renewed = await secrets.ReloadAsync(ApiKeySecret, cancel);
        return renewed.FixedTimeEquals(refused.Reveal()) ? null : renewed;
    }

    /// <summary>Puts the key on a request.</summary>
    public static void Apply(HttpRequestMessage request, Secret key) => request.Headers.TryAddWithoutValidation("x-api-key", key.Reveal());
}
