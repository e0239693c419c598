extern alias shim;

using Prestage.Functions.Hosting;
using shim::Prestage.Shim.Backend;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>What a Mac tells the service is fit for the service's own rules, whatever a tool said.</summary>
public sealed class WireTextTests
{
    [Theory]
    [InlineData(
        "installer: Package name is JumpCloud\ninstaller: The install failed.\n", "installer: Package name is JumpCloud | installer: The install failed.")]
    [InlineData("one\r\n\r\ntwo\rthree\u0085four\u2028five\u2029six\fseven", "one | two | three | four | five | six | seven")]
    [InlineData("a\tb\0c\u001b[31md\u007fe\u009bf", "a b c [31md e f")]
    [InlineData("", "(no text)")]
    [InlineData(" \n\t\r\n", "(no text)")]
    [InlineData("Zoë 🎉", "Zoë 🎉")]
    public void Every_text_becomes_one_line_that_the_service_takes(string said, string line)
    {
        Assert.Equal(line, WireText.Line(said, 1000));
        Assert.Null(Fields.Text("message", line, 1000));
    }

    [Fact]
    public void Half_a_pair_becomes_a_sign_that_there_was_something() => Assert.Equal("half \ufffd pair", WireText.Line("half \ud83d pair", 1000));

    [Fact]
    public void A_text_that_is_too_long_keeps_its_beginning_and_its_end()
    {
        var line = WireText.Line($"begin{new string('x', 5000)}end", 1000);
        Assert.Equal(1000, line.Length);
        Assert.StartsWith("begin", line, StringComparison.Ordinal);
        Assert.Contains(" … ", line, StringComparison.Ordinal);
        Assert.EndsWith("xend", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void No_pair_is_cut_in_half(int shift)
    {
        var line = WireText.Line(new string('x', shift) + string.Concat(Enumerable.Repeat("🎉", 2000)), 1000);
        Assert.InRange(line.Length, 990, 1000);
        Assert.DoesNotContain(line.EnumerateRunes(), rune => rune.Value == 0xfffd);
    }

    [Theory]
    [InlineData("agent-not-installed", "agent-not-installed")]
    [InlineData("enrollment-user-kept:last-admin", "enrollment-user-kept:last-admin")]
    [InlineData("Bad Code\n", "bad-code-")]
    [InlineData("", "unknown")]
    public void Every_code_is_one_that_the_service_takes(string given, string code)
    {
        Assert.Equal(code, WireText.Code(given));
        Assert.Null(Fields.Code("code", WireText.Code(given + new string('x', 100)), colons: true));
    }
}
