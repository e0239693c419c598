using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prestage.Simulators.Mac;

/// <summary>
/// <c>prestage-sandbox mac</c>: one JSON line of <see cref="SimulatedMacOptions"/> on standard input (the person's password is in it,
/// hence no arguments), one ready line, and then until standard input ends. A further line <c>reboot</c> restarts the Mac.
/// </summary>
internal static class MacVerb
{
    internal static async Task<int> RunAsync(string[] args, CancellationToken cancel)
    {
        if (args.Length > 0)
        {
            await Console.Error.WriteLineAsync("usage: prestage-sandbox mac < options.json");
            return 64;
        }

        using var input = new StreamReader(Console.OpenStandardInput());
        var line = await input.ReadLineAsync(cancel);
        var options = string.IsNullOrWhiteSpace(line) ? new SimulatedMacOptions() : JsonSerializer.Deserialize(line, MacJson.Default.SimulatedMacOptions)!;
        await using var mac = await SimulatedMac.StartAsync(options, cancel);
        await Console.Out.WriteLineAsync(new JsonObject { ["ready"] = "mac", ["root"] = mac.Root }.ToJsonString());
        while (await input.ReadLineAsync(cancel) is { } order)
        {
            if (order.Trim() == "reboot")
            {
                await mac.RebootAsync(cancel);
            }
        }

        return 0;
    }
}
