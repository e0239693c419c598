using System.Text.Json;
using System.Text.Json.Nodes;
using Prestage.Simulators.Loopback;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac;

/// <summary>
/// <c>prestage-sandbox mac</c>: one JSON line of <see cref="SimulatedMacOptions"/> on standard input (the person's password is in it,
/// hence no arguments), one ready line, and then until standard input ends. A further line <c>reboot</c> restarts the Mac, which is answered
/// by a line with its number. Each fault that a command meets is a line too.
/// </summary>
internal static class MacVerb
{
    internal static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args.Length > 0)
        {
            await Console.Error.WriteLineAsync("usage: prestage-sandbox mac < options.json");
            return 64;
        }

        using var input = new StreamReader(Console.OpenStandardInput());
        var line = await input.ReadLineAsync(cancellationToken);
        var options = string.IsNullOrWhiteSpace(line) ? new SimulatedMacOptions() : JsonSerializer.Deserialize(line, MacJson.Default.SimulatedMacOptions)!;
        await using var mac = await SimulatedMac.StartAsync(options, cancellationToken);
        mac.Faults.OnStruck = (fault, arguments) =>
            VerbLifetime.TellStruck(fault.Name, $"{fault.Command} {string.Join(' ', PasswordArguments.Hide([.. arguments]).Shown).Replace(mac.Root, string.Empty, StringComparison.Ordinal)}");
        mac.Dialogs.OnAct = act => VerbLifetime.TellStruck($"person-{act.Kind}", "a question");
        await Console.Out.WriteLineAsync(new JsonObject { ["ready"] = "mac", ["root"] = mac.Root }.ToJsonString());
        for (var restarts = 0; await input.ReadLineAsync(cancellationToken) is { } order;)
        {
            if (order.Trim() == "reboot")
            {
                await mac.RebootAsync(cancellationToken);
                await Console.Out.WriteLineAsync(new JsonObject { ["restarted"] = ++restarts }.ToJsonString());
            }
        }

        return 0;
    }
}
