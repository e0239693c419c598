using System.Net;
using Xunit;

namespace Prestage.Tests.FunctionsHost;

/// <summary>The worker in this process, below the same host.</summary>
public sealed class InProcessWorkerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_workers_in_one_process_answer_at_once_and_stop_with_their_hosts()
    {
        await using var first = await InProcessBackend.StartAsync(options => options);
        await using var second = await InProcessBackend.StartAsync(options => options);

        foreach (var backend in new[] { first, second })
        {
            await backend.Host.AnsweredAsync(backend.Http, "/api/health");
            await backend.LoggedAsync("GET /api/health answered 200 in ");
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(backend, "/api/nowhere"));
            Assert.True(await backend.Host.RunByHandAsync("Reconcile", string.Empty));
            Assert.False(await backend.Host.RunByHandAsync("Finish", "no JSON"));
        }

        Assert.Equal(HttpStatusCode.InternalServerError, await StatusAsync(first, "/api/health?act=throw"));
        Assert.DoesNotContain(second.Log.Lines, line => line.Contains("/api/health: failed", StringComparison.Ordinal));

        await first.Host.StopAsync().WaitAsync(TimeSpan.FromMinutes(1), Cancel);
        Assert.Equal(0, await first.Host.Worker.Exited);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(second, "/api/health"));
    }

    private static async Task<HttpStatusCode> StatusAsync(InProcessBackend backend, string path)
    {
        using var answer = await backend.Http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        return answer.StatusCode;
    }
}
