using System.Globalization;
using System.Text.Json.Nodes;
using Prestage.Simulators.KeyVault;

namespace Prestage.Simulators.Bench;

/// <summary>
/// <c>prestage-sandbox bench-start EMPTY BACKEND [N]</c>: starts an empty worker and the backend, both published, N times in turn below the
/// local Functions host. It prints as JSON lines what each took and cost, and how much more the backend did. Storage and vault are there,
/// empty. Linux only.
/// </summary>
internal static class BackendBenchVerb
{
    private const int UsualStarts = 15;

    internal static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var empty, var backend, .. var rest] || !OperatingSystem.IsLinux()
            || !int.TryParse(rest is [var asked] ? asked : $"{UsualStarts}", NumberStyles.None, CultureInfo.InvariantCulture, out var starts) || starts == 0)
        {
            return await Usage.ShowAsync();
        }

        await using var storage = await Azurite.StartAsync(CancellationToken.None);
        await using var vault = await SimulatedKeyVault.StartAsync();
        var settings = Settings(storage, vault);

        // The first start of each brings its files into the page cache, and the code of the host to speed.
        await WorkerStartCost.MeasureAsync(empty, settings);
        await WorkerStartCost.MeasureAsync(backend, settings);
        List<WorkerStartCost> ofEmpty = [];
        List<WorkerStartCost> ofBackend = [];
        for (var start = 0; start < starts; start++)
        {
            ofEmpty.Add(await WorkerStartCost.MeasureAsync(empty, settings));
            ofBackend.Add(await WorkerStartCost.MeasureAsync(backend, settings));
        }

        Print("process start to functions loaded, ms", cost => cost.Loaded.TotalMilliseconds, 1.2);
        Print("first request after that, ms", cost => cost.FirstRequest.TotalMilliseconds, 1.5);
        Print($"memory after {WorkerStartCost.Requests} requests, MB", cost => cost.Process.PeakMegabytes, 1.4);
        Print("CPU time up to there, ms", cost => cost.Process.Own.TotalMilliseconds, null);
        Console.WriteLine(new JsonObject { ["what"] = "load of the machine", ["value"] = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0] }.ToJsonString());
        return 0;

        void Print(string what, Func<WorkerStartCost, double> value, double? limit)
        {
            var (least, most) = (Median(ofEmpty.Select(value)), Median(ofBackend.Select(value)));
            Console.WriteLine(new JsonObject
            {
                ["what"] = what,
                ["starts"] = starts,
                ["emptyMedian"] = Math.Round(least, 1),
                ["backendMedian"] = Math.Round(most, 1),
                ["ratio"] = Math.Round(most / least, 2),
                ["limit"] = limit,
            }.ToJsonString());
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private static Dictionary<string, string?> Settings(Azurite storage, SimulatedKeyVault vault) => new()
    {
        ["AzureWebJobsStorage"] = storage.ConnectionString,
        ["JumpCloud__OrgId"] = new('a', 24),
        ["Vault__Uri"] = vault.VaultUri.AbsoluteUri,
        ["IDENTITY_ENDPOINT"] = vault.IdentityEndpoint.AbsoluteUri,
        ["IDENTITY_HEADER"] = vault.IdentityHeader,
        ["SSL_CERT_FILE"] = vault.CaFile,
    };
}
