extern alias shim;

using shim::Prestage.Shim.Logging;
using shim::Prestage.Shim.State;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>What is kept where a file cannot be written.</summary>
public sealed class WriteFailureTests
{
    [Fact]
    public void A_log_on_a_full_disk_ends_nothing()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "/dev/full takes nothing");
        using var console = new StringWriter();
        var log = new StepLog(console, "/dev/full", TimeProvider.System);
        log.Info("one");
        Assert.Contains("No space left", log.WriteFailure, StringComparison.Ordinal);
        Assert.EndsWith("info  start one\n", console.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_cannot_be_written_ends_nothing_and_says_later_how_many_lines_it_lacks()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.At("prestage.log");
        Directory.CreateDirectory(file);
        using var console = new StringWriter();
        var log = new StepLog(console, file, TimeProvider.System);
        log.Info("one");
        log.Info("two");
        Assert.NotNull(log.WriteFailure);
        Directory.Delete(file);
        log.Info("three");
        Assert.Null(log.WriteFailure);
        Assert.Matches("(?s)^[^\n]+ warn  start 2 lines are missing here: [^\n]+\n[^\n]+ info  start three\n$", File.ReadAllText(file));
        Assert.Equal(3, console.ToString().Trim().Split('\n').Length);
    }

    [Fact]
    public void A_journal_that_cannot_be_written_goes_on_in_memory_and_is_whole_once_it_can()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory.At("journal.json.new"));
        var store = JournalStore.Open(directory.At("journal.json"));
        store.Update(journal => journal with { Step = "agent", EnrollmentId = "e1" });
        Assert.NotNull(store.WriteFailure);
        Assert.Equal("agent", store.Current.Step);
        Directory.Delete(directory.At("journal.json.new"));
        store.Update(journal => journal with { Step = "identify" });
        Assert.Null(store.WriteFailure);
        var kept = JournalStore.Open(directory.At("journal.json")).Current;
        Assert.Equal(("identify", "e1"), (kept.Step, kept.EnrollmentId));
    }

    [Fact]
    public async Task A_token_that_cannot_be_written_is_used_from_memory_and_the_one_before_is_gone()
    {
        await using var shim = await ShimHarness.StartAsync();
        var state = shim.Context.State;
        state.WriteToken(new("first"));
        Directory.CreateDirectory(Path.Combine(shim.Context.Mac.Paths.StateDirectory, "token.new"));
        state.WriteToken(new("second"));
        Assert.Equal("second", state.ReadToken()!.Reveal());
        Assert.Null(new StateDirectory(shim.Context.Mac.Paths).ReadToken());
    }
}
