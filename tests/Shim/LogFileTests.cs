extern alias shim;

using shim::Prestage.Shim.Logging;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>The log's file: bound in size and number, readable by its owner only.</summary>
public sealed class LogFileTests
{
    [Fact]
    public void A_full_file_is_turned_over_and_the_oldest_goes()
    {
        using var directory = new TemporaryDirectory();
        var log = new LogFile(directory.At("prestage.log"), largest: 20, kept: 2);

        for (var line = 0; line < 9; line++)
        {
            log.Append($"line {line}");
        }

        Assert.Equal(["prestage.log", "prestage.log.1", "prestage.log.2"], Directory.GetFiles(directory.Path).Select(Path.GetFileName).Order());
        Assert.Equal("line 8\n", File.ReadAllText(directory.At("prestage.log")));
        Assert.Equal("line 6\nline 7\n", File.ReadAllText(directory.At("prestage.log.1")));
        Assert.Equal("line 4\nline 5\n", File.ReadAllText(directory.At("prestage.log.2")));
    }

    [Fact]
    public void A_line_that_is_larger_than_a_file_is_kept_whole()
    {
        using var directory = new TemporaryDirectory();
        var log = new LogFile(directory.At("prestage.log"), largest: 4, kept: 1);
        log.Append("first of all");
        log.Append("ä and more");
        Assert.Equal(("ä and more\n", "first of all\n"), (File.ReadAllText(directory.At("prestage.log")), File.ReadAllText(directory.At("prestage.log.1"))));
    }

    [Fact]
    public void Only_the_owner_can_read_it_before_and_after()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix file modes");
        using var directory = new TemporaryDirectory();
        var log = new LogFile(directory.At("prestage.log"), largest: 4, kept: 1);
        log.Append("first");
        log.Append("second");
        Assert.All(Directory.GetFiles(directory.Path), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(file).UnixFileMode));
    }
}
