using System.Text.Json.Nodes;
using Azure.Storage.Queues;
using Prestage.Simulators.FunctionsHost;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.FunctionsHost;

/// <summary>The local Functions host above the contract worker, with a storage account of its own.</summary>
internal static class ContractHost
{
    public const string Queue = "contract";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The built worker; it lies beside the tests.</summary>
    public static string Folder { get; } = AppContext.BaseDirectory.Replace("/tests/", "/ContractWorker/", StringComparison.Ordinal);

    /// <summary>Starts both. No timer fires unless a test sets its schedule.</summary>
    public static Task<LocalFunctionsHost> StartAsync(params (string Name, string? Value)[] settings) =>
        StartAsync(options => options, settings);

    /// <summary>The same with other options.</summary>
    public static async Task<LocalFunctionsHost> StartAsync(
        Func<LocalFunctionsHostOptions, LocalFunctionsHostOptions> with, params (string Name, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["AzureWebJobsStorage"] = await AzuriteFixture.NewAccountAsync(),
            ["CONTRACT_QUEUE"] = Queue,
            ["CONTRACT_SCHEDULE"] = "0 0 0 1 1 *",
        };
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return await LocalFunctionsHost.StartAsync(with(new(Folder, all)), Cancel);
    }

    /// <summary>The queue of an account, as the trigger expects its messages; it exists.</summary>
    public static async Task<QueueClient> QueueAsync(string account, string name = Queue)
    {
        var queue = new QueueClient(account, name, new() { MessageEncoding = QueueMessageEncoding.Base64 });
        await queue.CreateIfNotExistsAsync(cancellationToken: Cancel);
        return queue;
    }

    /// <summary>Calls the worker until its HTTP side answers: its first answer can take longer than a test's <c>functionTimeout</c>.</summary>
    public static Task AnsweredAsync(this LocalFunctionsHost host, HttpClient http, string path = "/api/slow/0") => host.UntilAsync(async () =>
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        return answer.IsSuccessStatusCode;
    });

    /// <summary>What a function printed of its invocations so far.</summary>
    public static List<JsonNode> Printed(this LocalFunctionsHost host, string function) =>
    [
        .. host.Log.WorkerLines.Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!)
            .Where(line => line["function"]?.ToString() == function),
    ];

    /// <summary>Waits until the function printed so many invocations.</summary>
    public static async Task<List<JsonNode>> PrintedAsync(this LocalFunctionsHost host, string function, int count)
    {
        await host.UntilAsync(() => host.Printed(function).Count >= count);
        return host.Printed(function);
    }

    /// <summary>Waits until the host's log holds a message that begins like this.</summary>
    public static Task LoggedAsync(this LocalFunctionsHost host, string text, int times = 1) =>
        host.UntilAsync(() => host.Log.Entries.Count(entry => entry.Message.Contains(text, StringComparison.Ordinal)) >= times);

    /// <summary>Waits for a condition; a failure shows the end of the log.</summary>
    public static Task UntilAsync(this LocalFunctionsHost host, Func<bool> condition) =>
        host.UntilAsync(() => Task.FromResult(condition()));

    /// <summary>The same for a condition that is asked for.</summary>
    public static Task UntilAsync(this LocalFunctionsHost host, Func<Task<bool>> condition) =>
        Wait.UntilAsync(condition, () => $"The log:\n{string.Join('\n', host.Log.Entries.TakeLast(30))}");
}
