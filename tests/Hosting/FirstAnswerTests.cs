using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Prestage.Functions.Hosting;
using Xunit;

namespace Prestage.Tests.Hosting;

public sealed class FirstAnswerTests : IDisposable
{
    private readonly ApplicationLifetime lifetime = new(NullLogger<ApplicationLifetime>.Instance);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => lifetime.StopApplication();

    [Fact]
    public async Task Work_in_the_background_waits_until_the_program_listens_and_has_answered()
    {
        var first = new FirstAnswer(lifetime, new StoppedClock());
        var waiting = first.WaitAsync(Cancel);
        Assert.False(waiting.IsCompleted);

        lifetime.NotifyStarted();
        await Task.Delay(50, Cancel);
        Assert.False(waiting.IsCompleted);

        first.Given();
        await waiting;
    }

    [Fact]
    public async Task Where_nobody_asks_it_begins_by_itself()
    {
        var waiting = new FirstAnswer(lifetime, TimeProvider.System).WaitAsync(Cancel);

        lifetime.NotifyStarted();

        await waiting;
    }

    [Fact]
    public async Task It_ends_with_the_program()
    {
        using var stopping = new CancellationTokenSource();
        var waiting = new FirstAnswer(lifetime, new StoppedClock()).WaitAsync(stopping.Token);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
