extern alias shim;

using shim::Prestage.Shim.State;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>The journal survives whatever happens to the process.</summary>
public sealed class JournalTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    private string File => directory.At("journal.json");

    [Fact]
    public void What_was_written_is_read_back_by_the_next_start()
    {
        JournalStore.Open(File).Update(journal => journal with { Step = "agent", Seconds = new Dictionary<string, double> { ["preflight"] = 0.2 } });
        var next = JournalStore.Open(File).Current;
        Assert.Equal("agent", next.Step);
        Assert.Equal(0.2, next.Seconds["preflight"]);
    }

    [Fact]
    public void Only_the_owner_can_read_it()
    {
        JournalStore.Open(File).Update(journal => journal with { Step = "agent" });
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        }
    }

    [Fact]
    public void A_write_that_was_cut_short_leaves_the_old_journal()
    {
        JournalStore.Open(File).Update(journal => journal with { Step = "agent" });
        System.IO.File.WriteAllText(File + ".new", "{ \"step\": \"asso");
        var next = JournalStore.Open(File);
        Assert.Equal("agent", next.Current.Step);
        next.Update(journal => journal with { Step = "identify" });
        Assert.Equal("identify", JournalStore.Open(File).Current.Step);
    }

    [Fact]
    public async Task A_reader_never_sees_a_half_written_journal()
    {
        var store = JournalStore.Open(File);
        store.Update(journal => journal with { Step = "0" });
        var stopped = 0;
        var writer = Task.Run(
            () =>
            {
                for (var count = 1; Volatile.Read(ref stopped) == 0; count++)
                {
                    store.Update(journal => journal with { Step = new string('x', count % 5000) });
                }
            },
            TestContext.Current.CancellationToken);
        for (var read = 0; read < 300; read++)
        {
            Assert.NotNull(JournalStore.Open(File).Current.Step);
        }

        Volatile.Write(ref stopped, 1);
        await writer;
        Assert.False(System.IO.File.Exists(File + ".unreadable"));
    }

    [Fact]
    public void An_unreadable_journal_is_put_aside_and_the_run_begins_anew()
    {
        System.IO.File.WriteAllText(File, "not json");
        Assert.Null(JournalStore.Open(File).Current.Step);
        Assert.True(System.IO.File.Exists(File + ".unreadable"));
    }

    [Fact]
    public void A_journal_of_an_earlier_version_lacks_members_and_goes_on()
    {
        System.IO.File.WriteAllText(File, """{"step":"agent"}""");
        var journal = JournalStore.Open(File).Current;
        Assert.Equal("agent", journal.Step);
        Assert.Empty(journal.Superseded);
        Assert.Empty(journal.Seconds);
        Assert.Empty(journal.Reported);
    }

    [Fact]
    public void A_removed_journal_is_not_written_again()
    {
        var store = JournalStore.Open(File);
        store.Update(journal => journal with { Step = "remove-itself" });
        store.Remove();
        store.Update(journal => journal with { Step = "later" });
        Assert.False(System.IO.File.Exists(File));
        Assert.Equal("later", store.Current.Step);
    }

    public void Dispose() => directory.Dispose();
}
