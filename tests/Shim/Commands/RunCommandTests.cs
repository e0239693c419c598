extern alias shim;

using System.Text.Json.Nodes;
using shim::Prestage.Shim.Commands;
using shim::Prestage.Shim.Languages;
using shim::Prestage.Shim.Mac;
using shim::Prestage.Shim.Processes;
using shim::Prestage.Shim.Running;
using shim::Prestage.Shim.Settings;
using shim::Prestage.Shim.State;
using shim::Prestage.Shim.Ui;
using Prestage.Tests.Support;
using Xunit;

namespace Prestage.Tests.Shim.Commands;

/// <summary>prestage run before its first step.</summary>
public sealed class RunCommandTests
{
    private static readonly string Settings =
        new JsonObject
        {
            ["serviceUrl"] = "https://x.example", ["connectKey"] = new string('k', 40), ["enrollmentUser"] = "enroll", ["ui"] = "console",
        }.ToJsonString();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_start_that_waited_for_settings_begins_only_if_the_Mac_was_not_finished_meanwhile(bool finished)
    {
        using var mac = NewMac();
        var paths = new MacPaths(mac.Path);
        var time = new HurriedTime(20);
        var step = new RecordedStep();
        using var handler = new SocketsHttpHandler();
        using var log = new StringWriter();
        var outside = new Outside(new CommandRunner(paths, time), handler, new NoAnswers(), TextWriter.Synchronized(log), [step]);
        var run = new RunCommand(paths, time, outside).RunAsync(false, Cancel);
        await Wait.UntilAsync(() => log.ToString().Contains("Waiting for settings", StringComparison.Ordinal));
        if (finished)
        {
            await File.WriteAllTextAsync(
                Path.Combine(paths.StateDirectory, "receipt.json"),
                """{"at":"2026-11-30T00:00:00+00:00","outcome":"completed","secureToken":true,"seconds":{},"left":{},"warnings":[]}""",
                Cancel);
        }

        await File.WriteAllTextAsync(paths.ConfigFile, Settings, Cancel);
        Assert.Equal(ExitCode.Done, await run);
        Assert.Equal(finished ? 0 : 1, step.Runs);
    }

    [Fact]
    public async Task While_a_start_waits_for_settings_no_other_one_begins()
    {
        using var mac = NewMac();
        var paths = new MacPaths(mac.Path);
        var state = new StateDirectory(paths);
        state.Create();
        using var held = state.TryLock();
        using var handler = new SocketsHttpHandler();
        using var log = new StringWriter();
        var commands = new CommandRunner(paths, TimeProvider.System);
        var outside = new Outside(commands, handler, new NoAnswers(), log, []);
        Assert.Equal(ExitCode.Unfinished, await new RunCommand(paths, TimeProvider.System, outside).RunAsync(false, Cancel));
        Assert.Contains("Another prestage runs on this Mac.", log.ToString(), StringComparison.Ordinal);
    }

    private static TemporaryDirectory NewMac()
    {
        var mac = new TemporaryDirectory();
        mac.AddCommand("/usr/bin/id", "echo 0");
        mac.AddCommand("/usr/bin/plutil", "exit 1");
        return mac;
    }

    private sealed class RecordedStep : IStep
    {
        public int Runs { get; private set; }

        public string Name => StepNames.Preflight;

        public TimeSpan Deadline => TimeSpan.FromMinutes(1);

        public Phrase Sentence => Words.StepCheck;

        public string SupportCode => "ps-01";

        public string Plan(ShimSettings settings) => string.Empty;

        public Task<StepOutcome> RunAsync(StepContext context, CancellationToken cancellationToken)
        {
            Runs++;
            return Task.FromResult<StepOutcome>(new StepOutcome.Done());
        }
    }

    private sealed class NoAnswers : IAnswerSource
    {
        public Task<string> ReadAsync(string question, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<shim::Prestage.Secret> ReadHiddenAsync(string question, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
