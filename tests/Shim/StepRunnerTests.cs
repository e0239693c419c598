extern alias shim;

using shim::Prestage.Shim.Commands;
using shim::Prestage.Shim.Languages;
using shim::Prestage.Shim.Running;
using shim::Prestage.Shim.Settings;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>The sequence and its journal, with steps made for the purpose.</summary>
public sealed class StepRunnerTests : IAsyncLifetime
{
    private readonly List<string> ran = [];
    private ShimHarness shim = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => shim = await ShimHarness.StartAsync();

    [Fact]
    public async Task The_steps_run_in_order_and_each_end_is_written()
    {
        var code = await RunAsync(Step("one"), Step("two", new StepOutcome.Left("by-agent")), Step("three"));
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(["one", "two", "three"], ran);
        Assert.Equal("by-agent", shim.Context.Journal.Current.Left["two"]);
        Assert.Matches(@"\[ 2/3\] two … \d+\.\d", shim.Log);
    }

    [Fact]
    public async Task A_start_resumes_at_the_open_step_after_those_of_every_start()
    {
        shim.Context.Journal.Update(journal => journal with { Step = "three" });
        await RunAsync(Step("one") with { RunsAtEveryStart = true }, Step("two"), Step("three"));
        Assert.Equal(["one", "three"], ran);
    }

    [Fact]
    public async Task A_stop_leaves_the_step_open_and_is_reported()
    {
        var code = await RunAsync(Step("one"), Step("two", new StepOutcome.Stop(ExitCode.Refused, "not-today", "No.")), Step("three"));
        Assert.Equal(ExitCode.Refused, code);
        Assert.Equal("two", shim.Context.Journal.Current.Step);
        Assert.Equal(("error", "two", "not-today"), Key(Assert.Single(shim.Context.Journal.Current.Unsent)));
    }

    [Fact]
    public async Task A_step_can_send_the_run_back()
    {
        await RunAsync(Step("one"), Step("two"), Step("three", new StepOutcome.GoTo("two"), new StepOutcome.Done()));
        Assert.Equal(["one", "two", "three", "two", "three"], ran);
    }

    [Fact]
    public async Task A_step_can_ask_for_another_try()
    {
        await RunAsync(Step("one", new StepOutcome.Retry(TimeSpan.Zero, "Not yet"), new StepOutcome.Done()));
        Assert.Equal(["one", "one"], ran);
    }

    [Fact]
    public async Task A_long_wait_made_of_many_short_tries_is_told_once()
    {
        await using var hurried = await ShimHarness.StartAsync(time: new HurriedTime(600));
        var tries = Enumerable.Repeat<StepOutcome>(new StepOutcome.Retry(TimeSpan.FromSeconds(10), "Not yet"), 15);
        var code = await new StepRunner([Step("slow", [.. tries]) with { Deadline = TimeSpan.FromHours(1) }], hurried.Context).RunAsync(Cancel);
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(("info", "slow", "waiting"), Key(Assert.Single(hurried.Context.Journal.Current.Unsent)));
    }

    [Fact]
    public async Task A_step_past_its_deadline_ends_the_run_to_be_resumed()
    {
        var slow = Step("slow", new StepOutcome.Retry(TimeSpan.FromHours(1), "Never")) with { Deadline = TimeSpan.FromMilliseconds(50) };
        Assert.Equal(ExitCode.Unfinished, await RunAsync(slow));
        Assert.Equal("deadline", Assert.Single(shim.Context.Journal.Current.Unsent).Code);
        Assert.Equal("slow", shim.Context.Journal.Current.Step);
    }

    [Fact]
    public async Task A_lost_enrollment_leads_back_to_identify()
    {
        var code = await RunAsync(Step("identify"), Step("two") with { Gone = 1 });
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(["identify", "two", "identify", "two"], ran);
    }

    [Fact]
    public async Task A_Mac_that_is_no_system_any_more_is_registered_again()
    {
        var code = await RunAsync(Step("agent"), Step("two") with { Failure = new shim::Prestage.Shim.Backend.SystemUnknownException() });
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(["agent", "two", "agent", "two"], ran);
    }

    [Fact]
    public async Task An_unexpected_failure_is_named_reported_and_ends_the_run_to_be_resumed()
    {
        var code = await RunAsync(Step("one") with { Failure = new NotSupportedException("Geheim") });
        Assert.Equal(ExitCode.Unfinished, code);
        Assert.Equal(("error", "one", "internal"), Key(Assert.Single(shim.Context.Journal.Current.Unsent)));
        Assert.Contains("System.NotSupportedException", shim.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Geheim", shim.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stops_in_a_row_are_tried_again_ever_later_and_a_done_step_ends_the_row()
    {
        await using var hurried = await ShimHarness.StartAsync(time: new HurriedTime(100));
        ScriptedStep[] steps = [Step("stuck", [.. Enumerable.Repeat<StepOutcome>(new StepOutcome.Stop(ExitCode.Unfinished, "no", "No."), 6)]) with { Deadline = TimeSpan.FromDays(1) }];
        for (var start = 0; start < 6; start++)
        {
            Assert.Equal(ExitCode.Unfinished, await new StepRunner(steps, hurried.Context).RunAsync(Cancel));
        }

        Assert.Equal(6, hurried.Context.Journal.Current.Stops);
        Assert.Equal([3, 4, 5], Enumerable.Range(1, 6).Where(stops => hurried.Log.Contains($"{stops} stops in a row", StringComparison.Ordinal)));
        Assert.Equal(ExitCode.Done, await new StepRunner(steps, hurried.Context).RunAsync(Cancel));
        Assert.Equal(0, hurried.Context.Journal.Current.Stops);
    }

    [Fact]
    public void A_row_of_stops_waits_a_quarter_of_an_hour_at_most_and_not_after_a_restart()
    {
        var time = TimeProvider.System;
        var stopped = Enumerable.Range(0, 30).Aggregate(new shim::Prestage.Shim.State.Journal(), (journal, _) => Pace.Stopped(journal, time));
        Assert.InRange(Pace.Left(stopped, time), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15));
        Assert.Equal(TimeSpan.Zero, Pace.Left(stopped with { StoppedAt = stopped.StoppedAt + 3600 }, time));
    }

    public ValueTask DisposeAsync() => shim.DisposeAsync();

    private static (string, string, string) Key(shim::Prestage.Shim.State.UnsentReport report) => (report.Level, report.Step, report.Code);

    private Task<ExitCode> RunAsync(params ScriptedStep[] steps) => new StepRunner(steps, shim.Context).RunAsync(Cancel);

    private ScriptedStep Step(string name, params StepOutcome[] outcomes) => new(name, new Queue<StepOutcome>(outcomes), ran);

    private sealed record ScriptedStep(string Name, Queue<StepOutcome> Outcomes, List<string> Ran) : IStep
    {
        public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(1);

        public bool RunsAtEveryStart { get; init; }

        public int Gone { get; set; }

        /// <summary>Thrown by the first run.</summary>
        public Exception? Failure { get; set; }

        public Phrase Sentence => Words.StepCheck;

        public string SupportCode => "ps-00";

        public string Plan(ShimSettings settings) => Name;

        public Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
        {
            Ran.Add(Name);
            if (Failure is { } failure)
            {
                Failure = null;
                throw failure;
            }

            return Gone-- > 0
                ? throw new shim::Prestage.Shim.Backend.EnrollmentGoneException()
                : Task.FromResult(Outcomes.TryDequeue(out var outcome) ? outcome : new StepOutcome.Done());
        }
    }
}
