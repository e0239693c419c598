using System.Text.Json;
using System.Text.Json.Nodes;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.KeyVault;

/// <summary>
/// <c>prestage-sandbox vault [--ca-file FILE]</c>: the first JSON line on stdin (<c>{"secrets":{"name":"value"}}</c>, or nothing) starts it,
/// every further one adds versions. Secrets come by stdin and never by arguments, which every process can read.
/// </summary>
internal static class VaultVerb
{
    public static async Task<int> RunAsync(string[] args, CancellationToken cancel = default)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        var first = await VerbLifetime.ReadLineAsync(input, cancel);
        await using var vault = await SimulatedKeyVault.StartAsync(VerbLifetime.Option(args, "--ca-file"), cancel: cancel);
        Add(vault, first);
        await VerbLifetime.ReadyAsync(new JsonObject
        {
            ["ready"] = "vault",
            ["vaultUri"] = vault.VaultUri.AbsoluteUri,
            ["identityEndpoint"] = vault.IdentityEndpoint.AbsoluteUri,
            ["identityHeader"] = vault.IdentityHeader,
            ["caFile"] = vault.CaFile,
        }, cancel);
        await VerbLifetime.UntilEndAsync(input, line => Add(vault, JsonElement.Parse(line)), cancel);
        return 0;
    }

    private static void Add(SimulatedKeyVault vault, JsonElement line)
    {
        if (line.TryGetProperty("secrets", out var secrets))
        {
            foreach (var secret in secrets.EnumerateObject())
            {
                vault.Secrets.Set(secret.Name, secret.Value.GetString()!);
            }
        }
    }
}
