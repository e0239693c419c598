using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Prestage.ContractWorker;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.FunctionsHost.Worker;
using Xunit;

namespace Prestage.Tests.FunctionsHost;

/// <summary>The worker in this process, below the same host.</summary>
public sealed class InProcessWorkerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_workers_in_one_process_answer_at_once_and_stop_with_their_hosts()
    {
        await using var first = await ContractHost.StartAsync(InThisProcess);
        await using var second = await ContractHost.StartAsync(InThisProcess);
        using var http = new HttpClient();

        foreach (var host in new[] { first, second })
        {
            using (var own = new HttpClient { BaseAddress = host.BaseUrl })
            {
                await host.AnsweredAsync(own);
            }

            var answer = await http.GetStringAsync(new Uri(host.BaseUrl, "/api/echo/7/rest?x=1"), Cancel);
            Assert.Contains($"\"process\":{Environment.ProcessId}", answer, StringComparison.Ordinal);
            Assert.True(await host.RunByHandAsync("Message", "by hand"));
            Assert.False(await host.RunByHandAsync("Message", "fail"));
        }

        using (var failed = await http.GetAsync(new Uri(first.BaseUrl, "/api/throw"), Cancel))
        {
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        }

        await first.StopAsync().WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        Assert.Equal(0, await first.Worker.Exited);
        await http.GetStringAsync(new Uri(second.BaseUrl, "/api/slow/0"), Cancel);
    }

    // The worker's assembly is the one that this process has loaded already, not that of the worker's own folder.
    private static LocalFunctionsHostOptions InThisProcess(LocalFunctionsHostOptions options) =>
        options with { Folder = AppContext.BaseDirectory, Launcher = new InProcessWorkerLauncher(Build) };

    private static IHost Build(WorkerStart start)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(start.Configuration);
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        return ContractApplication.Build(builder);
    }
}
