using System.Net;
using Prestage.Simulators.FunctionsHost;
using Prestage.Simulators.FunctionsHost.Worker;
using Xunit;

namespace Prestage.Tests.FunctionsHost;

/// <summary>How workers end, and what the host does then.</summary>
public sealed class WorkerEndTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_that_is_killed_fails_its_calls_is_started_again_and_the_third_error_ends_the_host()
    {
        await using var host = await ContractHost.StartAsync(options => options with { RestartPause = TimeSpan.FromMilliseconds(100) });
        using var http = new HttpClient { BaseAddress = host.BaseUrl };
        for (var error = 1; error <= 2; error++)
        {
            var call = http.GetAsync(new Uri($"/api/slow/{60_000 + error}", UriKind.Relative), Cancel);
            await host.LoggedAsync($"slow /api/slow/{60_000 + error}");
            host.Worker.Kill();

            using var failed = await call;
            Assert.Equal(
                (HttpStatusCode.InternalServerError, string.Empty), (failed.StatusCode, await failed.Content.ReadAsStringAsync(Cancel)));

            // Waited for, not refused.
            await host.AnsweredAsync(http);
            Assert.Equal(error + 1, host.WorkerStarts);
        }

        host.Worker.Kill();
        await host.GivenUp.WaitAsync(TimeSpan.FromMinutes(1), Cancel);

        Assert.Equal(3, host.WorkerStarts);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri("/api/slow/0", UriKind.Relative), Cancel));
    }

    [Fact]
    public async Task A_worker_that_ends_with_200_is_started_again_without_an_error()
    {
        await using var host = await ContractHost.StartAsync(("AzureFunctionsJobHost__functionTimeout", "00:00:05"));
        using var http = new HttpClient { BaseAddress = host.BaseUrl };
        List<Task<HttpResponseMessage>> last = [];
        for (var ends = 1; ends <= 3; ends++)
        {
            await host.AnsweredAsync(http);
            last.Add(http.GetAsync(new Uri("/api/end/200", UriKind.Relative), Cancel));
            await host.UntilAsync(() => host.WorkerStarts == ends + 1);
            await host.PingAsync(Cancel);
        }

        // Those who called it hang.
        foreach (var answer in await Task.WhenAll(last))
        {
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            answer.Dispose();
        }

        await host.LoggedAsync("Timeout value of 00:00:05 exceeded by function 'Functions.End'", times: 3);
        Assert.DoesNotContain(host.Log.Entries, entry => entry.Message.StartsWith("The worker ended with", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_worker_that_ends_with_0_is_not_started_again_and_calls_hang_until_functionTimeout()
    {
        await using var host = await ContractHost.StartAsync(("AzureFunctionsJobHost__functionTimeout", "00:00:02"));
        using var http = new HttpClient { BaseAddress = host.BaseUrl };
        await host.AnsweredAsync(http);
        var last = http.GetAsync(new Uri("/api/end/0", UriKind.Relative), Cancel);
        var exited = host.Worker.Exited;
        await host.UntilAsync(() => exited.IsCompleted);
        Assert.Equal(0, await exited);

        using var later = await http.GetAsync(new Uri("/api/slow/0", UriKind.Relative), Cancel);
        using var ended = await last;

        Assert.Equal((HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError), (ended.StatusCode, later.StatusCode));
        Assert.Equal((1, false), (host.WorkerStarts, host.GivenUp.IsCompleted));
        await host.LoggedAsync("Timeout value of 00:00:02 exceeded by function 'Functions.Slow'");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    public async Task A_worker_that_ends_at_its_start_ends_the_host_with_its_lines(int code)
    {
        var ended = await Assert.ThrowsAsync<WorkerStartException>(() => ContractHost.StartAsync(("CONTRACT_EXIT_AT_START", $"{code}")));

        Assert.Equal(code, ended.ExitCode);
        Assert.Contains("Setting CONTRACT_EXIT_AT_START: must be empty.", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_takes_too_long_is_cancelled_and_one_that_does_not_heed_that_costs_its_worker()
    {
        await using var host = await ContractHost.StartAsync(
            options => options with { CancellationGrace = TimeSpan.FromSeconds(10) }, ("AzureFunctionsJobHost__functionTimeout", "00:00:02"));
        using var http = new HttpClient { BaseAddress = host.BaseUrl };

        await host.AnsweredAsync(http);
        using var heeding = await http.GetAsync(new Uri("/api/wait", UriKind.Relative), Cancel);
        Assert.Equal((HttpStatusCode.OK, "cancelled"), (heeding.StatusCode, await heeding.Content.ReadAsStringAsync(Cancel)));
        Assert.Equal(1, host.WorkerStarts);

        using var deaf = await http.GetAsync(new Uri("/api/slow/600000", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.InternalServerError, deaf.StatusCode);
        await host.UntilAsync(() => host.WorkerStarts == 2);
        await host.PingAsync(Cancel);
        Assert.DoesNotContain(host.Log.Entries, entry => entry.Message.StartsWith("The worker ended with", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_that_stops_listens_no_more_lets_calls_end_and_asks_the_worker_to_end()
    {
        await using var host = await ContractHost.StartAsync();
        using var http = new HttpClient { BaseAddress = host.BaseUrl };
        var call = http.GetAsync(new Uri("/api/slow/1500", UriKind.Relative), Cancel);
        await host.LoggedAsync("slow /api/slow/1500");
        var worker = host.Worker.Exited;

        await host.StopAsync().WaitAsync(TimeSpan.FromMinutes(1), Cancel);

        using var answer = await call;
        Assert.Equal("done", await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(0, await worker);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri("/api/slow/0", UriKind.Relative), Cancel));
    }

    [Fact]
    public async Task A_folder_without_a_worker_is_refused()
    {
        var empty = Directory.CreateTempSubdirectory("prestage-host-");
        try
        {
            var settings = new Dictionary<string, string?>();
            var refused = await Assert.ThrowsAsync<InvalidDataException>(
                () => LocalFunctionsHost.StartAsync(new(empty.FullName, settings), Cancel));
            Assert.Contains("host.json", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            empty.Delete(recursive: true);
        }
    }
}
