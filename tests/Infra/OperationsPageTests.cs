using System.Text.RegularExpressions;
using Prestage.Simulators;
using Xunit;

namespace Prestage.Tests.Infra;

/// <summary>docs/operations.md names every alert, support code and variable that there is.</summary>
public sealed partial class OperationsPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs/operations.md"));

    [Fact]
    public void Every_alert_is_explained() => Explained(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "infra/queries")).Select(path => Path.GetFileNameWithoutExtension(path)));

    [Fact]
    public void Every_support_code_is_explained() => Explained(
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "shim/Steps"), "*.cs")
            .Select(path => SupportCode().Match(File.ReadAllText(path))).Where(match => match.Success).Select(match => match.Groups[1].Value));

    [Fact]
    public void Every_variable_of_the_deployment_is_explained()
    {
        // Those of the settings follow their rule.
        var variables = Variable().Matches(File.ReadAllText(Path.Combine(Repository.Root, "infra/main.parameters.json"))).Select(match => match.Groups[1].Value);

        Explained(variables.Where(name => !name.Contains("__", StringComparison.Ordinal)));
    }

    private static void Explained(IEnumerable<string> names)
    {
        var all = names.ToList();
        Assert.True(all.Count >= 10, "Few names were found.");
        Assert.All(all, name => Assert.Contains($"`{name}`", Page, StringComparison.Ordinal));
    }

    [GeneratedRegex("SupportCode => \"([a-z0-9-]+)\"")]
    private static partial Regex SupportCode();

    [GeneratedRegex(@"\$\{(PRESTAGE_\w+)")]
    private static partial Regex Variable();
}
