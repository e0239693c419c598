using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Kills;

/// <summary>SIGTERM to the worker while a background function runs, which no caller waits for.</summary>
public sealed class StoppedWorkerTests
{
    [Theory]
    [InlineData(Finds.Everything)]
    [InlineData(Finds.TimersWork)]
    public async Task A_run_in_work_is_finished_by_a_worker_that_gets_SIGTERM(Finds finds)
    {
        var folder = await PublishedFolder.PathAsync();
        var calls = await KillScene.CallsAsync(folder, finds);

        var (code, wrong) = await KillScene.StopAsync(folder, finds, new(calls[1], calls.Take(2).Count(call => call == calls[1]), Done: false));

        Assert.Equal(0, code);
        Assert.Empty(wrong);
    }
}
