using System.Diagnostics.Metrics;
using Prestage.Simulators;
using Xunit;

namespace Prestage.Tests.Telemetry;

/// <summary>docs/operations.md lists every measure of the program.</summary>
public sealed class MeasuresPageTests
{
    [Fact]
    public async Task Every_measure_is_listed_with_its_kind_and_unit_and_no_other()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/operations.md"), TestContext.Current.CancellationToken);
        Functions.Telemetry.Measures.Refused("not-found", null);
        using var heard = new MeasureListener();

        Assert.True(heard.Instruments.Count > 5, "Few measures were found.");
        Assert.All(heard.Instruments, instrument => Assert.Contains(
            $"| `{instrument.Name}` | {(instrument is Histogram<double> ? "histogram" : "counter")}, `{instrument.Unit}` | {instrument.Description} |", page, StringComparison.Ordinal));
        Assert.Equal(heard.Instruments.Count, page.Split('\n').Count(line => line.StartsWith("| `prestage.", StringComparison.Ordinal)));
    }
}
