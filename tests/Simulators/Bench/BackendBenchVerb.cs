using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Prestage.Simulators.KeyVault;
using Prestage.Simulators.Loopback;

namespace Prestage.Simulators.Bench;

/// <summary>
/// <c>prestage-sandbox bench-start PROGRAM [N]</c>: starts the published backend N times as the Functions host does, asks it until it answers, and
/// prints JSON lines: how long that took from the start of the process, and what it cost. Storage and vault are there, empty. Linux only.
/// </summary>
internal static class BackendBenchVerb
{
    private const int UsualStarts = 15;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    internal static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var program, .. var rest] || !OperatingSystem.IsLinux()
            || !int.TryParse(rest is [var asked] ? asked : $"{UsualStarts}", NumberStyles.None, CultureInfo.InvariantCulture, out var starts) || starts == 0)
        {
            return await Usage.ShowAsync();
        }

        await using var storage = await Azurite.StartAsync(CancellationToken.None);
        await using var vault = await SimulatedKeyVault.StartAsync();
        var settings = Settings(storage, vault);
        program = Path.GetFullPath(program);

        // The first start brings the program into the page cache, and our own code to speed.
        await StartAsync(program, settings);
        List<(TimeSpan First, TimeSpan Health, ProcessCost Cost)> measured = [];
        for (var start = 0; start < starts; start++)
        {
            measured.Add(await StartAsync(program, settings));
        }

        Print("backend start to first answer", measured.Select(one => one.First.TotalMilliseconds), 300);
        Print("backend start to first health", measured.Select(one => one.Health.TotalMilliseconds), null);
        Print("backend CPU time up to there", measured.Select(one => one.Cost.Own.TotalMilliseconds), null);
        Print("backend memory at its start, peak, MB", measured.Select(one => one.Cost.PeakMegabytes), null);
        Console.WriteLine(new JsonObject { ["what"] = "load of the machine", ["value"] = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0] }.ToJsonString());
        return 0;
    }

    private static async Task<(TimeSpan First, TimeSpan Health, ProcessCost Cost)> StartAsync(string program, Dictionary<string, string> settings)
    {
        var port = FreePort.Find();
        var start = new ProcessStartInfo(program) { WorkingDirectory = Path.GetDirectoryName(program), RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        start.Environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}";

        // A connection for each question: what is kept open would hide what a first one costs.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero }) { BaseAddress = new($"http://127.0.0.1:{port}"), Timeout = Limit };
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            var first = await AnsweredAsync(http, "/", process, clock);
            return (first, await AnsweredAsync(http, "/api/health", process, clock), ProcessCost.Of(process.Id));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static async Task<TimeSpan> AnsweredAsync(HttpClient http, string path, Process process, Stopwatch clock)
    {
        while (clock.Elapsed < Limit && !process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
                answer.EnsureSuccessStatusCode();
                return clock.Elapsed;
            }
            catch (HttpRequestException exception) when (exception.InnerException is SocketException)
            {
                await Task.Delay(Pause);
            }
        }

        throw new InvalidOperationException(process.HasExited ? $"The program ended with {process.ExitCode}." : $"No answer within {Limit}.");
    }

    private static Dictionary<string, string> Settings(Azurite storage, SimulatedKeyVault vault) => new()
    {
        ["AzureWebJobsStorage"] = storage.ConnectionString,
        ["JumpCloud__OrgId"] = new('a', 24),
        ["Vault__Uri"] = vault.VaultUri.AbsoluteUri,
        ["IDENTITY_ENDPOINT"] = vault.IdentityEndpoint.AbsoluteUri,
        ["IDENTITY_HEADER"] = vault.IdentityHeader,
        ["SSL_CERT_FILE"] = vault.CaFile,
    };

    private static void Print(string what, IEnumerable<double> values, double? target)
    {
        var sorted = values.Order().ToList();
        Console.WriteLine(new JsonObject
        {
            ["what"] = what,
            ["starts"] = sorted.Count,
            ["least"] = Math.Round(sorted[0], 1),
            ["median"] = Math.Round(sorted[sorted.Count / 2], 1),
            ["p90"] = Math.Round(sorted[(sorted.Count - 1) * 9 / 10], 1),
            ["target"] = target,
        }.ToJsonString());
    }
}
