extern alias shim;

using System.Globalization;
using System.Text.RegularExpressions;
using Prestage.Simulators;
using shim::Prestage.Shim.Commands;
using Xunit;

namespace Prestage.Tests.Documentation;

/// <summary>docs/mac.md names the program's exit codes and checks, and only those.</summary>
public sealed partial class MacPageTests
{
    private static string Page => File.ReadAllText(Path.Combine(Repository.Root, "docs", "mac.md"));

    [Fact]
    public void Every_exit_code_is_described_and_no_other() => Assert.Equal(
        Enum.GetValues<ExitCode>().Select(code => string.Create(CultureInfo.InvariantCulture, $"{(int)code} {code}")),
        ExitCodeRow().Matches(Page).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}"));

    [Fact]
    public void Every_check_of_the_doctor_is_named_and_no_other()
    {
        var sources = Directory.GetFiles(Path.Combine(Repository.Root, "shim", "Doctor"), "*Checks.cs").Select(File.ReadAllText);
        var checks = sources.SelectMany(source => CheckName().Matches(source)).Select(match => match.Groups[1].Value);
        var named = CodeMark().Matches(Named().Match(Page).Groups[1].Value).Select(match => match.Groups[1].Value);
        Assert.Equal(checks.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"(?m)^\| (\d+) \| `(\w+)` \|")]
    private static partial Regex ExitCodeRow();

    [GeneratedRegex("const string (?:Name|User|LastAdmin|LastToken) = \"([a-z-]+)\"")]
    private static partial Regex CheckName();

    [GeneratedRegex(@"What `doctor` looks at: ([^.]+)\.")]
    private static partial Regex Named();

    [GeneratedRegex("`([a-z-]+)`")]
    private static partial Regex CodeMark();
}
