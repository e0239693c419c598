using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Prestage.Functions.Hosting;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Hosting;

public sealed class FirstAnswerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly ApplicationLifetime lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly HandClock clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_in_the_background_waits_for_the_first_answer()
    {
        var first = new FirstAnswer(lifetime, clock);
        var waiting = first.WaitAsync(Cancel);
        lifetime.NotifyStarted();
        await clock.Asked.WaitAsync(Limit, Cancel);
        Assert.False(waiting.IsCompleted);

        first.Given();

        await waiting.WaitAsync(Limit, Cancel);
    }

    [Fact]
    public async Task An_answer_before_the_program_listens_is_not_enough()
    {
        var first = new FirstAnswer(lifetime, clock);
        first.Given();
        var waiting = first.WaitAsync(Cancel);
        Assert.False(waiting.IsCompleted);

        lifetime.NotifyStarted();

        await waiting.WaitAsync(Limit, Cancel);
    }

    [Fact]
    public async Task Where_nobody_asks_it_begins_200_ms_after_the_program_listens()
    {
        var waiting = new FirstAnswer(lifetime, clock).WaitAsync(Cancel);
        lifetime.NotifyStarted();

        Assert.Equal(TimeSpan.FromMilliseconds(200), await clock.Asked.WaitAsync(Limit, Cancel));
        Assert.False(waiting.IsCompleted);
        clock.Fire();

        await waiting.WaitAsync(Limit, Cancel);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_begins_nothing_when_the_program_ends(bool listening)
    {
        using var stopping = new CancellationTokenSource();
        var waiting = new FirstAnswer(lifetime, clock).WaitAsync(stopping.Token);
        if (listening)
        {
            lifetime.NotifyStarted();
            await clock.Asked.WaitAsync(Limit, Cancel);
        }

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Limit, Cancel));
    }

    [Fact]
    public async Task The_tables_are_made_after_the_first_answer()
    {
        await using var backend = await Backend.StartAsync(unasked: true);
        using var mac = new WireMac(backend);
        Assert.False(backend.Get<StorageReady>().IsReady);

        (await mac.SendAsync(HttpMethod.Get, "/", null, null)).IsOk();

        await backend.TablesReadyAsync().WaitAsync(Limit, Cancel);
    }

    [Fact]
    public async Task A_first_call_that_needs_the_tables_has_them_made()
    {
        await using var backend = await Backend.StartAsync(unasked: true);
        var anna = backend.AddPerson(People.New());
        using var mac = new WireMac(backend);

        (await mac.VerifyAsync(anna.Email, anna.EmployeeIdentifier).WaitAsync(Limit, Cancel)).IsOk();
    }

    /// <summary>Its one timer fires by hand.</summary>
    private sealed class HandClock : TimeProvider
    {
        private readonly TaskCompletionSource<TimeSpan> asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Action fire = () => { };

        public Task<TimeSpan> Asked => asked.Task;

        public void Fire() => fire();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            fire = () => callback(state);
            asked.TrySetResult(dueTime);
            return new Handle();
        }

        private sealed class Handle : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
