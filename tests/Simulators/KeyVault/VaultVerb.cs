using System.Text.Json;
using System.Text.Json.Nodes;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.KeyVault;

/// <summary>
/// <c>prestage-sandbox vault [--ca-file FILE]</c>: the first JSON line on stdin (<c>{"secrets":{"name":"value"}}</c>, or nothing) starts it,
/// every further one adds versions, or says how the next reads go wrong (<c>{"throttled":N}</c>, <c>{"unavailable":N}</c>, <c>{"forbidden":true}</c>).
/// Secrets come by stdin and never by arguments, which every process can read.
/// </summary>
internal static class VaultVerb
{
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        var first = await VerbLifetime.ReadLineAsync(input, cancellationToken);
        await using var vault = await SimulatedKeyVault.StartAsync(VerbLifetime.Option(args, "--ca-file"), cancellationToken: cancellationToken);
        vault.OnStruck = VerbLifetime.TellStruck;
        Obey(vault, first);
        await VerbLifetime.ReadyAsync(new JsonObject
        {
            ["ready"] = "vault",
            ["vaultUri"] = vault.VaultUri.AbsoluteUri,
            ["identityEndpoint"] = vault.IdentityEndpoint.AbsoluteUri,
            ["identityHeader"] = vault.IdentityHeader,
            ["caFile"] = vault.CaFile,
        }, cancellationToken);
        await VerbLifetime.UntilEndAsync(input, line => Obey(vault, JsonElement.Parse(line)), cancellationToken);
        return 0;
    }

    private static void Obey(SimulatedKeyVault vault, JsonElement line)
    {
        vault.Throttled = line.TryGetProperty("throttled", out var throttled) ? throttled.GetInt32() : vault.Throttled;
        vault.Unavailable = line.TryGetProperty("unavailable", out var unavailable) ? unavailable.GetInt32() : vault.Unavailable;
        vault.Forbidden = line.TryGetProperty("forbidden", out var forbidden) ? forbidden.GetBoolean() : vault.Forbidden;
        if (line.TryGetProperty("secrets", out var secrets))
        {
            foreach (var secret in secrets.EnumerateObject())
            {
                vault.Secrets.Set(secret.Name, secret.Value.GetString()!);
            }
        }
    }
}
