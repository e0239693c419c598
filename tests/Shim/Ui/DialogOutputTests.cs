extern alias shim;

using System.Text;
using shim::Prestage.Shim.Ui.SwiftDialog;
using Xunit;

namespace Prestage.Tests.Shim.Ui;

/// <summary>What swiftDialog prints, and what it is given.</summary>
public sealed class DialogOutputTests
{
    [Theory]
    [InlineData("{\n  \"password\" : \"a\\/b \\u00e4\"\n}\n", "a/b ä")]
    [InlineData("{\"SelectedIndex\":{\"a\":[1]},\"password\":\"\"}", "")]
    public void An_answer_is_read_by_its_name(string output, string password) =>
        Assert.Equal(password, DialogOutput.Parse(Encoding.UTF8.GetBytes(output), ["password"])!["password"].Reveal());

    [Theory]
    [InlineData("")]
    [InlineData("password : x")]
    [InlineData("{}")]
    [InlineData("[\"password\"]")]
    [InlineData("{\"password\":1}")]
    [InlineData("{\"password\":\"x\"")]
    [InlineData("{\"password\":\"x\"}{}")]
    [InlineData("{\"password\":\"x\",\"password\":\"y\"}")]
    [InlineData("ERROR: no\n{\"password\":\"x\"}")]
    [InlineData("{\"password\":\"\\ud800\"}")]
    public void Anything_else_is_no_answer(string output) => Assert.Null(DialogOutput.Parse(Encoding.UTF8.GetBytes(output), ["password"]));

    [Fact]
    public void Every_mark_of_a_value_is_escaped_in_a_message() =>
        Assert.Equal(@"\*a\* \<b\> \\n \`c\` ä\&\#96\;", DialogText.Markdown(@"*a* <b> \n `c` ä&#96;"));

    [Fact]
    public void A_command_stays_one_line() =>
        Assert.Equal("a, b: c  quit: x y", DialogText.Command("a, b: c\r\nquit: x\u2028y\n"));

    [Theory]
    [InlineData("13.6", "2.5.6")]
    [InlineData("14", "2.5.6")]
    [InlineData("14.7.1", "2.5.6")]
    [InlineData("15.0", "3.0.1")]
    [InlineData("26.1", "3.0.1")]
    [InlineData("", "3.0.1")]
    public void The_pinned_package_fits_the_Mac(string osVersion, string version) =>
        Assert.Contains($"/dialog-{version}-", SwiftDialogPackage.PinFor(osVersion).Address.AbsolutePath, StringComparison.Ordinal);
}
