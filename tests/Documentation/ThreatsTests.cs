using System.Text.RegularExpressions;
using Prestage.Simulators;
using Xunit;

namespace Prestage.Tests.Documentation;

/// <summary>docs/threats.md names the tests that show its claims.</summary>
public sealed partial class ThreatsTests
{
    [Fact]
    public void Every_test_that_the_page_names_exists()
    {
        var tests = typeof(ThreatsTests).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)).Select(method => method.Name).ToHashSet();
        var named = TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "threats.md"))).Select(match => match.Groups[1].Value).ToList();

        Assert.True(named.Count > 40, $"Only {named.Count} names were found.");
        Assert.Empty(named.Except(tests));
    }

    // Settings have two underscores in a row, and variables no lower case.
    [GeneratedRegex("`(?![A-Z_]+`)([A-Z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+)`")]
    private static partial Regex TestName();
}
