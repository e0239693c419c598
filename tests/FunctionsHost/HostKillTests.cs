using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Prestage.Simulators.FunctionsHost.Worker;
using Prestage.Simulators.Processes;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.FunctionsHost;

/// <summary>The host as a process of its own, and that its worker ends with it, however it ends.</summary>
public sealed class HostKillTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static TimeSpan Limit => TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_ends_when_its_host_is_killed(bool bySignal)
    {
        Assert.SkipWhen(bySignal && !BoundProcess.HasSignal, "No kernel here kills a child at its parent's end.");
        await using var host = await StartAsync(bySignal ? [] : ["--guard"]);
        using var worker = await WorkerOfAsync(host);

        host.Kill();

        await worker.WaitForExitAsync(Cancel).WaitAsync(Limit, Cancel);
    }

    [Fact]
    public async Task A_host_ends_with_0_at_SIGTERM_and_its_worker_with_it()
    {
        await using var host = await StartAsync();
        using var worker = await WorkerOfAsync(host);

        await using var kill = ChildProcess.Start(new("kill", "-TERM", $"{host.Pid}"));

        Assert.Equal(0, await host.Exited.WaitAsync(Limit, Cancel));
        await worker.WaitForExitAsync(Cancel).WaitAsync(Limit, Cancel);
        Assert.DoesNotContain(host.Lines, line => line.Text.Contains("is killed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_whose_worker_ends_at_its_start_ends_with_its_exit_code_and_lines()
    {
        await using var host = Start([], ("CONTRACT_EXIT_AT_START", "2"));

        Assert.Equal(2, await host.Exited.WaitAsync(Limit, Cancel));
        Assert.Contains(host.Errors, line => line.Contains("Setting CONTRACT_EXIT_AT_START: must be empty.", StringComparison.Ordinal));
    }

    private static async Task<ChildProcess> StartAsync(params string[] options)
    {
        var host = Start(options, ("AzureWebJobsStorage", await AzuriteFixture.NewAccountAsync()));
        await host.WaitForLineAsync(line => line.StartsWith("{\"ready\"", StringComparison.Ordinal), Limit, Cancel);
        return host;
    }

    private static ChildProcess Start(string[] options, params (string Name, string Value)[] settings) => ChildProcess.Start(
        new("dotnet", [Path.Combine(AppContext.BaseDirectory, "prestage-sandbox.dll"), "host", "--folder", ContractHost.Folder, .. options])
        {
            Environment = new Dictionary<string, string?>(
                settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)))
            {
                ["CONTRACT_QUEUE"] = ContractHost.Queue,
                ["CONTRACT_SCHEDULE"] = "0 0 0 1 1 *",
            },
        });

    // The worker says itself which process it is: a guard may stand between.
    private static async Task<Process> WorkerOfAsync(ChildProcess host)
    {
        var ready = JsonNode.Parse(host.Output.First(line => line.StartsWith("{\"ready\"", StringComparison.Ordinal)))!;
        using var http = new HttpClient { BaseAddress = new(ready["baseUrl"]!.ToString()) };
        var answer = await http.GetStringAsync(new Uri("/api/echo/1/x", UriKind.Relative), Cancel);
        return Process.GetProcessById(int.Parse(JsonNode.Parse(answer)!["process"]!.ToString(), CultureInfo.InvariantCulture));
    }
}
