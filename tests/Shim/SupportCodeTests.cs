extern alias shim;

using System.Reflection;
using System.Text.RegularExpressions;
using Prestage.Simulators;
using shim::Prestage.Shim.Steps;
using shim::Prestage.Wire;
using Xunit;

namespace Prestage.Tests.Shim;

/// <summary>docs/support-codes.md has what the program can say, and nothing else.</summary>
public sealed partial class SupportCodeTests
{
    // Words of that form that are no causes: names of files and of parts.
    private static readonly string[] NoCauses = ["agent-package", "secure-token-admin", "crypto-user"];

    private static string Page => File.ReadAllText(Path.Combine(Repository.Root, "docs/support-codes.md"));

    private static string[] Causes => [.. Row().Matches(Page).Select(row => row.Groups[1].Value).Where(code => !code.StartsWith("ps-", StringComparison.Ordinal))];

    [Fact]
    public void Every_step_is_there_with_its_code_and_deadline() => Assert.All(AllSteps.InOrder, step =>
    {
        var row = Assert.Single(Page.Split('\n'), line => line.StartsWith($"| `{step.SupportCode}` |", StringComparison.Ordinal));
        var deadline = step.Deadline.TotalMinutes > 60 ? $"{step.Deadline.TotalHours} h" : $"{step.Deadline.TotalMinutes} min";
        Assert.StartsWith($"| `{step.SupportCode}` | {step.Name} | {deadline} |", row, StringComparison.Ordinal);
    });

    [Fact]
    public void Every_cause_of_the_program_is_there() => Assert.Empty(InSource().Except(Causes));

    [Fact]
    public void Every_refusal_of_the_service_is_there() => Assert.Empty(OfService().Except(Causes));

    [Fact]
    public void No_cause_is_there_that_the_program_does_not_have()
    {
        Assert.Empty(Causes.Except([.. InSource(), .. OfService()]));
        Assert.Distinct(Causes);
    }

    private static IEnumerable<string> OfService() =>
        typeof(ProblemCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

    // Hyphenated words in quotes, and single words where a cause stands: behind a step's name or an exit code.
    private static IEnumerable<string> InSource()
    {
        string[] names = [.. AllSteps.InOrder.Select(step => step.Name)];
        return Directory.EnumerateFiles(Path.Combine(Repository.Root, "shim"), "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetDirectoryName(file) is { } folder && Path.GetFileName(folder) is "Steps" or "Running" or "State" or "Commands")
            .Select(File.ReadAllText)
            .SelectMany(source => Hyphenated().Matches(source).Concat(Placed().Matches(source)))
            .SelectMany(match => new[] { match.Groups[1].Value, match.Groups[2].Value })
            .Where(cause => cause.Length > 0)
            .Except([.. names, .. NoCauses])
            .Distinct();
    }

    [GeneratedRegex("^\\| `([a-z-]+(?:-[0-9]{2})?)` \\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("\"([a-z]+(?:-[a-z]+)+)(?::\\{[a-z]+\\}|:([a-z-]+))?\"")]
    private static partial Regex Hyphenated();

    [GeneratedRegex("(?:Name|ExitCode\\.[A-Za-z]+),\\s*\"([a-z]+)\"")]
    private static partial Regex Placed();
}
