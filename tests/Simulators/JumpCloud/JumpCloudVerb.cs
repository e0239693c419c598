using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.JumpCloud;

/// <summary><c>prestage-sandbox jumpcloud [--port N]</c>: one JSON line on stdin (<c>{"options":{…},"users":[…],"systems":[…],"groups":[…]}</c>, or nothing) starts it.</summary>
internal static class JumpCloudVerb
{
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        var first = await VerbLifetime.ReadLineAsync(input, cancellationToken);
        var options = first.TryGetProperty("options", out var given)
            ? given.Deserialize(TenantJson.Default.SimulatedJumpCloudOptions)! : new SimulatedJumpCloudOptions();
        options.Port = VerbLifetime.Option(args, "--port") is { } port ? int.Parse(port, CultureInfo.InvariantCulture) : options.Port;

        await using var jumpCloud = await SimulatedJumpCloud.StartAsync(options, cancellationToken);
        jumpCloud.Faults.OnStruck = VerbLifetime.TellStruck;
        var ids = Seed.Apply(jumpCloud.Tenant, first);
        await VerbLifetime.ReadyAsync(new JsonObject
        {
            ["ready"] = "jumpcloud",
            ["baseUrl"] = jumpCloud.BaseUrl.AbsoluteUri,
            ["orgId"] = options.OrgId,
            ["seeded"] = ids,
        }, cancellationToken);
        await VerbLifetime.UntilEndAsync(input, _ => { }, cancellationToken);
        return 0;
    }
}
