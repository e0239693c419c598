using System.Diagnostics;
using System.Text.Json.Nodes;
using Prestage.Simulators.Loopback;
using Prestage.Simulators.Mac;

namespace Prestage.Simulators.Bench;

/// <summary>
/// <c>prestage-sandbox bench-shim PROGRAM</c>: starts the published shim on a simulated Mac at whose screen nobody is, and prints JSON lines:
/// how long until the first step's first command, what memory, and what it costs while it waits. Linux only.
/// </summary>
internal static class ShimBenchVerb
{
    private const int Starts = 20;
    private const string FirstCommand = "ioreg";
    private const string StateDirectory = "/Library/Application Support/Prestage";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(20);

    internal static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var program] || !OperatingSystem.IsLinux())
        {
            return await Usage.ShowAsync();
        }

        await using var service = LoopbackServer.Build(port: 0);
        service.MapGet("/api/health", () => Results.Text("""{"status":"ok","version":"bench"}""", "application/json"));
        await service.StartAsync();
        await using var mac = await SimulatedMac.StartAsync(new SimulatedMacOptions { EnrollmentUser = new() { LoggedIn = false } }, CancellationToken.None);
        Configure(mac, LoopbackServer.AddressOf(service));

        List<double> starts = [];
        for (var start = 0; start <= Starts; start++)
        {
            var (process, took) = await StartAsync(program, mac);
            starts.Add(took.TotalMilliseconds);
            await EndAsync(process);
        }

        // The first start brings the program into the page cache, and our own code to speed.
        starts.RemoveAt(0);
        starts.Sort();
        Print("shim start to first step, least, ms", starts[0], null);
        Print("shim start to first step, median, ms", starts[starts.Count / 2], 150);
        Print("shim start to first step, worst, ms", starts[^1], null);
        var (waiting, _) = await StartAsync(program, mac);
        await Task.Delay(Settle);
        var before = ProcessCost.Of(waiting.Id);
        await Task.Delay(Watch);
        var after = ProcessCost.Of(waiting.Id);
        await EndAsync(waiting);
        Print("shim while waiting, own share of a core, %", 100 * (after.Own - before.Own) / Watch, 1);
        Print("shim while waiting, with its commands, %", 100 * (after.Own + after.Children - before.Own - before.Children) / Watch, null);
        Print("shim memory, peak, MB", after.PeakMegabytes, 60);
        return 0;
    }

    private static void Configure(SimulatedMac mac, Uri service)
    {
        Directory.CreateDirectory(mac.PathOf(StateDirectory));
        JsonObject settings = new()
        {
            ["serviceUrl"] = service.ToString(),
            ["connectKey"] = new string('k', 40),
            ["enrollmentUser"] = "enroll",
            ["ui"] = "console",
        };
        File.WriteAllText(mac.PathOf($"{StateDirectory}/config.json"), settings.ToJsonString());
    }

    private static async Task<(Process Process, TimeSpan Took)> StartAsync(string program, SimulatedMac mac)
    {
        var start = new ProcessStartInfo(program, ["run"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["PRESTAGE_ROOT"] = mac.Root;
        var seen = Seen();
        var clock = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        while (Seen() == seen && !process.HasExited && clock.Elapsed < Limit)
        {
            await Task.Delay(Look);
        }

        var took = clock.Elapsed;
        return process.HasExited ? throw new InvalidOperationException($"{program} ended with {process.ExitCode}") : (process, took);

        int Seen() => mac.Journal.Calls.Count(call => call.Command == FirstCommand);
    }

    private static async Task EndAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static void Print(string what, double value, double? target) => Console.WriteLine(
        new JsonObject { ["what"] = what, ["value"] = Math.Round(value, 2), ["target"] = target }.ToJsonString());
}
