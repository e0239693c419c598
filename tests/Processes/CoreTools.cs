using Prestage.Simulators.Loopback;
using Prestage.Simulators.Processes;
using Xunit;

namespace Prestage.Tests.Processes;

/// <summary>Azure Functions Core Tools over the published folder: the real host, where it is installed.</summary>
internal static class CoreTools
{
    /// <summary>Why a test does not run here.</summary>
    public const string Missing =
        "func is not on PATH. With Azure Functions Core Tools v4 (npm install --global azure-functions-core-tools@4) this runs on the real host too.";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static bool AreHere => Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "func")));

    /// <summary>Starts it and waits until the worker answers through it.</summary>
    public static async Task<(ChildProcess Process, Uri BaseUrl)> StartAsync(string folder, IReadOnlyDictionary<string, string?> settings)
    {
        var baseUrl = new Uri($"http://127.0.0.1:{FreePort.Find()}/");
        var process = ChildProcess.Start(new("func", "start", "--port", $"{baseUrl.Port}")
        {
            WorkingDirectory = folder,
            Environment = new Dictionary<string, string?>(settings) { ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated" },
        });
        using var http = new HttpClient { BaseAddress = baseUrl };
        while (!await AnswersAsync(http))
        {
            Assert.False(process.Exited.IsCompleted, string.Join('\n', process.Lines.Select(line => line.Text)));
            await Task.Delay(100, Cancel);
        }

        return (process, baseUrl);
    }

    private static async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/api/health", UriKind.Relative), Cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
