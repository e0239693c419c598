extern alias shim;

using shim::Prestage.Shim.Processes;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>Which paths root may run and believe.</summary>
public sealed class PathTrustTests : IDisposable
{
    private const UnixFileMode Open = (UnixFileMode)0b111_111_111;
    private const UnixFileMode Shared = Open | UnixFileMode.StickyBit;
    private readonly TemporaryDirectory mac = new();

    private PathTrust Trust => new(mac.Path);

    [Fact]
    public void What_is_ours_along_its_whole_path_is_trusted_and_so_is_what_is_not_there()
    {
        Write("usr/bin/tool");
        Assert.Null(Trust.Refusal(mac.At("usr/bin/tool")));
        Assert.Null(Trust.Refusal(mac.At("usr/sbin/other/tool")));
    }

    [Theory]
    [InlineData("usr/bin/tool")]
    [InlineData("usr/bin")]
    [InlineData("usr")]
    public void Where_others_can_write_anywhere_on_the_way_it_is_refused(string open)
    {
        Write("usr/bin/tool");
        SetMode(open, Open);
        Assert.Equal($"others can write to {mac.At(open)}", Trust.Refusal(mac.At("usr/bin/tool")));
        SetMode(open, (UnixFileMode)0b111_101_101 | UnixFileMode.GroupWrite);
        Assert.Equal($"others can write to {mac.At(open)}", Trust.Refusal(mac.At("usr/bin/tool")));
    }

    [Theory]
    [InlineData("usr/bin/tool")]
    [InlineData("usr/bin")]
    [InlineData("usr")]
    public async Task What_belongs_to_another_user_anywhere_on_the_way_is_refused(string theirs)
    {
        Write("usr/bin/tool");
        await ChownAsync(theirs);
        Assert.Equal($"{mac.At(theirs)} belongs to user 1000, and not to 0", Trust.Refusal(mac.At("usr/bin/tool")));
    }

    [Fact]
    public void A_directory_of_ours_in_a_shared_one_is_trusted_and_a_file_or_a_gap_is_not()
    {
        Write("tmp/own/tool");
        Write("tmp/tool");
        SetMode("tmp", Shared);
        Assert.Null(Trust.Refusal(mac.At("tmp/own/tool")));
        Assert.Equal($"{mac.At("tmp/tool")} is in a directory that others can write to", Trust.Refusal(mac.At("tmp/tool")));
        Assert.Equal($"others can make {mac.At("tmp/new")}", Trust.Refusal(mac.At("tmp/new")));
    }

    [Theory]
    [InlineData("../private/bin", null)]
    [InlineData("@/private/bin", null)]
    [InlineData("../../../../../../../../bin", "leads out of")]
    [InlineData("/bin", "leads out of")]
    [InlineData("bin", "leads out of")]
    public void A_link_is_followed_within_the_root_only(string target, string? refusal)
    {
        Write("private/bin/tool");
        Directory.CreateDirectory(mac.At("usr"));
        Directory.CreateSymbolicLink(mac.At("usr/bin"), target.Replace("@", mac.Path, StringComparison.Ordinal));
        AssertRefused(refusal, Trust.Refusal(mac.At("usr/bin/tool")));
    }

    [Fact]
    public void A_link_into_a_directory_that_others_can_write_to_is_refused()
    {
        Write("private/bin/tool");
        SetMode("private", Open);
        Directory.CreateDirectory(mac.At("usr"));
        File.CreateSymbolicLink(mac.At("usr/tool"), mac.At("private/bin/tool"));
        Assert.Equal($"others can write to {mac.At("private")}", Trust.Refusal(mac.At("usr/tool")));
    }

    [Theory]
    [InlineData(0b111_000_000, null)]
    [InlineData(0b111_101_101, "with mode 700")]
    [InlineData(0b111_111_111, "with mode 700")]
    public void The_root_itself_must_be_closed_to_others(int mode, string? refusal)
    {
        Write("root/usr/tool");
        SetMode("root", (UnixFileMode)mode);
        AssertRefused(refusal, new PathTrust(mac.At("root")).Refusal(mac.At("root/usr/tool")));
    }

    [Fact]
    public async Task The_root_itself_must_be_ours()
    {
        Write("root/usr/tool");
        SetMode("root", (UnixFileMode)0b111_000_000);
        await ChownAsync("root");
        AssertRefused("with mode 700", new PathTrust(mac.At("root")).Refusal(mac.At("root/usr/tool")));
    }

    [Fact]
    public void A_root_that_is_a_link_or_not_absolute_is_refused()
    {
        Write("root/usr/tool");
        SetMode("root", (UnixFileMode)0b111_000_000);
        Directory.CreateSymbolicLink(mac.At("link"), mac.At("root"));
        AssertRefused("with mode 700", new PathTrust(mac.At("link")).Refusal(mac.At("link/usr/tool")));
        Assert.Equal("PRESTAGE_ROOT must be an absolute path without . and ..", new PathTrust("root").Refusal("root/usr/tool"));
    }

    [Fact]
    public void A_path_outside_of_the_root_is_refused()
    {
        Assert.Equal($"/bin/sh is outside of {mac.Path}", Trust.Refusal("/bin/sh"));
        Directory.CreateDirectory(mac.At("a"));
        AssertRefused("leads out of", Trust.Refusal(mac.At("a/../../x")));
    }

    [Fact]
    public void Without_a_root_the_machines_own_programs_are_trusted_and_its_temporary_files_are_not()
    {
        Assert.Null(new PathTrust(string.Empty).Refusal("/usr/bin/env"));
        var file = Path.Combine(Path.GetTempPath(), $"prestage-{Guid.NewGuid():N}");
        File.WriteAllText(file, string.Empty);
        Assert.Equal($"{file} is in a directory that others can write to", new PathTrust(string.Empty).Refusal(file));
        File.Delete(file);
    }

    [Fact]
    public void Everything_in_a_directory_is_looked_at()
    {
        Write("app/Contents/MacOS/tool");
        Write("app/Contents/Frameworks/A/library");
        Assert.Null(Trust.TreeRefusal(mac.At("app")));
        SetMode("app/Contents/Frameworks/A/library", Open);
        Assert.Equal($"others can write to {mac.At("app/Contents/Frameworks/A/library")}", Trust.TreeRefusal(mac.At("app")));
    }

    public void Dispose() => mac.Dispose();

    private static void AssertRefused(string? part, string? refusal)
    {
        if (part is null)
        {
            Assert.Null(refusal);
        }
        else
        {
            Assert.Contains(part, refusal, StringComparison.Ordinal);
        }
    }

    private void Write(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(mac.At(file))!);
        File.WriteAllText(mac.At(file), string.Empty);
    }

    private void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(mac.At(path), mode);
        }
    }

    private Task ChownAsync(string path) => Ownership.GiveAwayAsync(mac.At(path));
}
