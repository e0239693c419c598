using System.Reflection;
using Xunit;

namespace Prestage.Tests.Infra;

/// <summary>The templates in <c>infra/</c>, as far as can be judged without Azure; each check is shown to fail on a broken copy.</summary>
public sealed class TemplateTests(ITestOutputHelper output)
{
    private static readonly IReadOnlyList<MethodInfo> Checks =
    [
        .. new[] { typeof(TemplateChecks), typeof(SafetyChecks), typeof(NetworkChecks), typeof(AgreementChecks) }
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.ReturnType == typeof(IAsyncEnumerable<string>)),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_templates_pass_every_check()
    {
        var infra = await BicepFixture.InfraAsync();

        List<string> problems = [];
        foreach (var check in Checks)
        {
            problems.AddRange((await Run(check, infra).ToListAsync(Cancel)).Select(problem => $"{check.Name}: {problem}"));
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.True(infra.Files.Count > 10, "Few templates were found.");
        var counts = await infra.PredictAllAsync()
            .Select(prediction => $"{prediction.Set.Name}: {prediction.Resources.Count} resources").ToListAsync(Cancel);
        output.WriteLine($"{Checks.Count} checks, {infra.Files.Count} templates; {string.Join(", ", counts)}");
    }

    [Theory]
    [MemberData(nameof(Copies))]
    public async Task In_a_broken_copy_each_fault_is_found(string check, int copy)
    {
        var faults = BrokenCopies.All[copy].Faults;
        var broken = await BicepFixture.BrokenAsync(faults);

        var missing = faults.Select(fault => fault.Found).ToList();
        List<string> problems = [];
        await foreach (var problem in Run(Checks.Single(method => method.Name == check), broken).WithCancellation(Cancel))
        {
            problems.Add(problem);
            missing.RemoveAll(found => problem.Contains(found, StringComparison.Ordinal));
            if (missing.Count == 0)
            {
                return;
            }
        }

        Assert.Fail($"Not found: {string.Join("; ", missing)}. Found: {string.Join('\n', problems)}");
    }

    [Fact]
    public void Every_check_is_shown_to_fail() =>
        Assert.Empty(Checks.Select(check => check.Name).Except(BrokenCopies.All.Select(copy => copy.Check)));

    public static TheoryData<string, int> Copies => [.. BrokenCopies.All.Select((copy, index) => (copy.Check, index))];

    private static IAsyncEnumerable<string> Run(MethodInfo check, InfraSource infra) =>
        (IAsyncEnumerable<string>)check.Invoke(null, [infra])!;
}
