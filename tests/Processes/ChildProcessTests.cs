using Prestage.Simulators.Processes;
using Xunit;

namespace Prestage.Tests.Processes;

public sealed class ChildProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Arguments_reach_the_child_as_they_are_and_its_lines_and_code_come_back()
    {
        await using var child = Shell("printf '%s\\n' \"$@\"; echo wrong >&2; printf 'no line end'; exit 7", "a b", "$HOME", "'\"*");

        Assert.Equal(7, await child.Exited);
        Assert.Equal(["a b", "$HOME", "'\"*", "no line end"], child.Output);
        Assert.Equal(["wrong"], child.Errors);
    }

    [Fact]
    public async Task Input_is_written_and_closed()
    {
        await using var child = ChildProcess.Start(new("/bin/cat") { StandardInput = "Żółć\nno line end" });
        await using var nothing = ChildProcess.Start(new("/bin/cat"));

        Assert.Equal((0, 0), (await child.Exited, await nothing.Exited));
        Assert.Equal(["Żółć", "no line end"], child.Output);
        Assert.Empty(nothing.Lines);
    }

    [Fact]
    public async Task A_child_that_reads_no_input_is_no_error()
    {
        await using var child = ChildProcess.Start(new("/bin/sh", "-c", "exec <&-; exit 3") { StandardInput = new string('x', 1_000_000) });

        Assert.Equal(3, await child.Exited);
    }

    [Fact]
    public async Task The_environment_is_added_to_ours_or_all_there_is()
    {
        Environment.SetEnvironmentVariable("PRESTAGE_TEST_OURS", "ours");
        var added = new Dictionary<string, string?> { ["ADDED"] = "added", ["PATH"] = null };
        const string Script = "echo \"$ADDED-$PRESTAGE_TEST_OURS\"";

        await using var with = ChildProcess.Start(new("/bin/sh", "-c", Script) { Environment = added });
        await using var clean = ChildProcess.Start(new("/bin/sh", "-c", Script) { Environment = added, CleanEnvironment = true });

        await Task.WhenAll(with.Exited, clean.Exited);
        Assert.Equal(["added-ours"], with.Output);
        Assert.Equal(["added-"], clean.Output);
    }

    [Fact]
    public async Task A_line_is_found_whether_it_comes_or_came()
    {
        await using var child = Shell("echo first; read wait; echo second >&2; exec sleep 600");
        using var patience = new CancellationTokenSource();

        Assert.Equal("first", await child.WaitForLineAsync(line => line.StartsWith('f'), Limit, Cancel));
        Assert.Equal("second", await child.WaitForLineAsync(line => line == "second", Limit, Cancel));
        Assert.Equal("first", await child.WaitForLineAsync(line => line == "first", Limit, Cancel));

        var late = await Assert.ThrowsAsync<TimeoutException>(() => child.WaitForLineAsync(line => line == "third", TimeSpan.FromMilliseconds(1), Cancel));
        Assert.Contains("second", late.Message, StringComparison.Ordinal);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => child.WaitForLineAsync(line => line == "third", Limit, patience.Token));
    }

    [Fact]
    public async Task A_child_that_ends_without_the_line_says_so_at_once()
    {
        await using var child = Shell("echo this is why; exit 1");

        var ended = await Assert.ThrowsAsync<InvalidOperationException>(() => child.WaitForLineAsync(line => line == "ready", Limit, Cancel));

        Assert.Contains("this is why", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill_ends_the_child_alone_or_with_its_descendants()
    {
        await using var parent = Shell("sleep 600 & echo $!; wait");
        var orphan = int.Parse(await parent.WaitForLineAsync(_ => true, Limit, Cancel), System.Globalization.CultureInfo.InvariantCulture);

        parent.Kill();
        parent.Kill();
        Assert.Equal(137, await parent.Exited);
        parent.Kill();
        using (var left = System.Diagnostics.Process.GetProcessById(orphan))
        {
            Assert.False(left.HasExited);
            left.Kill();
        }

        var tree = Shell("sleep 600 & echo $!; wait");
        var descendant = int.Parse(await tree.WaitForLineAsync(_ => true, Limit, Cancel), System.Globalization.CultureInfo.InvariantCulture);
        using var grandchild = System.Diagnostics.Process.GetProcessById(descendant);
        await tree.DisposeAsync();
        await grandchild.WaitForExitAsync(Cancel);
        Assert.Equal(137, await tree.Exited);
    }

    private static ChildProcess Shell(string script, params string[] arguments) => ChildProcess.Start(new("/bin/sh", ["-c", script, "sh", .. arguments]));
}
