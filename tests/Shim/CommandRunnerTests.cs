extern alias shim;

using System.Text;
using Prestage.Tests.Support;
using Xunit;
using shim::Prestage.Shim.Mac;
using shim::Prestage.Shim.Processes;

namespace Prestage.Tests.Shim;

/// <summary>Real child processes under the one runner.</summary>
public sealed class CommandRunnerTests : IDisposable
{
    private readonly TemporaryDirectory mac = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Input_arguments_and_both_streams_pass_unchanged()
    {
        mac.AddCommand("/usr/bin/tool", "printf '%s|' \"$@\"; cat; echo oops >&2; exit 67");
        var result = await Runner().RunAsync("/usr/bin/tool", ["a b", "$HOME;", "ü"], "påss\n"u8.ToArray(), null, Cancel);
        Assert.Equal(new CommandResult(67, "a b|$HOME;|ü|påss\n", "oops\n"), result);
    }

    [Fact]
    public async Task The_environment_holds_nothing_of_ours()
    {
        mac.AddCommand("/usr/bin/tool", "export -p");
        var result = await Runner().RunAsync("/usr/bin/tool", [], Cancel);
        Assert.DoesNotContain("DOTNET", result.Output, StringComparison.Ordinal);
        Assert.Contains("declare -x LANG=\"C\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("declare -x HOME=\"/var/root\"", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_input_is_zeroed_after_use()
    {
        mac.AddCommand("/usr/bin/tool", "cat >/dev/null");
        var input = Encoding.UTF8.GetBytes("hunter2\n");
        await Runner().RunAsync("/usr/bin/tool", [], input, null, Cancel);
        Assert.All(input, value => Assert.Equal(0, value));
    }

    [Fact]
    public async Task A_command_that_waits_for_ever_is_ended_with_its_children()
    {
        mac.AddCommand("/usr/bin/tool", $"sleep 600 & echo $! >{mac.At("child")}; wait");
        var result = await Runner().RunAsync("/usr/bin/tool", [], [], TimeSpan.FromSeconds(3), Cancel);
        Assert.True(result.TimedOut);
        var child = File.ReadAllText(mac.At("child")).Trim();
        Assert.NotEmpty(child);
        await Wait.UntilAsync(() => !ChildProcess.Runs(child));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_that_must_not_be_cut_off_lives_on_when_nobody_waits_for_it_any_more(bool cancelled)
    {
        mac.AddCommand("/usr/bin/tool", $"echo $$ >{mac.At("new")}; mv {mac.At("new")} {mac.At("began")}; until [ -e {mac.At("go")} ] || [ ! -d {mac.Path} ]; do sleep 0.01; done; head -c 300000 /dev/zero; echo end; touch {mac.At("ended")}");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var run = Runner().RunUncutAsync("/usr/bin/tool", [], cancelled ? TimeSpan.FromHours(1) : TimeSpan.FromMilliseconds(300), stop.Token);
        await Wait.UntilAsync(async () =>
        {
            Assert.False(run.IsCompleted && !(await run).TimedOut, "it ended before it began");
            return File.Exists(mac.At("began"));
        });

        if (cancelled)
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }
        else
        {
            Assert.True((await run).TimedOut);
        }

        var tool = File.ReadAllText(mac.At("began")).Trim();
        Assert.True(ChildProcess.Runs(tool));
        File.WriteAllText(mac.At("go"), string.Empty);
        await ChildProcess.WritesAsync(tool, mac.At("ended"), Cancel);
    }

    [Fact]
    public async Task A_command_that_must_not_be_cut_off_is_waited_for_as_any_other()
    {
        mac.AddCommand("/usr/bin/tool", "echo done; echo oops >&2; exit 7");
        Assert.Equal(new CommandResult(7, "done\n", "oops\n"), await Runner().RunUncutAsync("/usr/bin/tool", [], TimeSpan.FromHours(1), Cancel));
    }

    [Fact]
    public async Task A_command_whose_reader_is_gone_is_not_killed_by_what_it_says()
    {
        mac.AddCommand("/usr/bin/tool", "while read -r name value; do [ \"$name\" = SigIgn: ] && echo $(( (0x$value >> 12) & 1 )); done </proc/self/status");
        Assert.Equal("1\n", (await Runner().RunAsync("/usr/bin/tool", [], Cancel)).Output);
    }

    [Fact]
    public async Task A_flood_of_output_is_cut_and_the_command_still_ends()
    {
        mac.AddCommand("/usr/bin/tool", "head -c 3000000 /dev/zero | tr '\\0' x");
        var result = await Runner().RunAsync("/usr/bin/tool", [], Cancel);
        Assert.Equal((0, 1 << 20), (result.ExitCode, result.Output.Length));
    }

    [Fact]
    public async Task A_command_that_is_not_there_is_a_failure_and_no_exception() =>
        Assert.Equal(-1, (await Runner().RunAsync("/usr/bin/nothing", [], Cancel)).ExitCode);

    [Fact]
    public async Task A_command_that_reads_nothing_does_not_break_the_pipe()
    {
        mac.AddCommand("/usr/bin/tool", "exec <&-; exit 3");
        var result = await Runner().RunAsync("/usr/bin/tool", [], new byte[200_000], null, Cancel);
        Assert.Equal(3, result.ExitCode);
    }

    public void Dispose() => mac.Dispose();

    private CommandRunner Runner() => new(new MacPaths(mac.Path), TimeProvider.System);
}
