using System.Text.Json;
using System.Text.Json.Nodes;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.FunctionsHost;

/// <summary>
/// <c>prestage-sandbox functions --folder FOLDER [--port N]</c>: the first JSON line on stdin (<c>{"settings":{"name":"value"}}</c>) starts the host
/// above the published folder; <c>{"kill":"handler"}</c> kills the handler. What the handler writes is passed on to the same stream.
/// </summary>
internal static class FunctionsHostVerb
{
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        if (VerbLifetime.Option(args, "--folder") is not { } folder)
        {
            await Console.Error.WriteLineAsync("functions: --folder is needed: the folder that ./dev publish makes.");
            return 64;
        }

        using var input = new StreamReader(Console.OpenStandardInput());
        var first = await VerbLifetime.ReadLineAsync(input, cancellationToken);
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (first.TryGetProperty("settings", out var given))
        {
            foreach (var setting in given.EnumerateObject())
            {
                settings[setting.Name] = setting.Value.GetString();
            }
        }

        var port = int.TryParse(VerbLifetime.Option(args, "--port"), out var asked) ? asked : 0;
        await using var host = await SimulatedFunctionsHost.StartAsync(folder, settings, port, Tell, cancellationToken: cancellationToken);
        await VerbLifetime.ReadyAsync(
            new JsonObject { ["ready"] = "functions", ["baseUrl"] = host.BaseUrl.AbsoluteUri, ["masterKey"] = host.MasterKey }, cancellationToken);
        await VerbLifetime.UntilEndAsync(input, line => Obey(host, line), cancellationToken);
        return 0;
    }

    private static void Obey(SimulatedFunctionsHost host, string line)
    {
        if (JsonElement.Parse(line).TryGetProperty("kill", out _))
        {
            host.Handler.Kill();
        }
    }

    private static void Tell(HostLogEntry entry) => (entry.Level == "Error" ? Console.Error : Console.Out).WriteLine(entry.Message);
}
