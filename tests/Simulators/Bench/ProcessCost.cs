using System.Globalization;

namespace Prestage.Simulators.Bench;

/// <summary>What a process has cost, from Linux's <c>/proc</c> (proc(5)).</summary>
/// <param name="Own">Its own time on a core.</param>
/// <param name="Children">That of the ended children that it waited for.</param>
/// <param name="PeakMegabytes">The most memory it was resident with.</param>
internal sealed record ProcessCost(TimeSpan Own, TimeSpan Children, double PeakMegabytes)
{
    private const double TicksPerSecond = 100;
    private const double Kilo = 1024;

    public static ProcessCost Of(int processId)
    {
        // The name in parentheses may hold blanks; utime is field 14, the twelfth after it.
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var peak = File.ReadLines($"/proc/{processId}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return new ProcessCost(
            Time(fields[11]) + Time(fields[12]),
            Time(fields[13]) + Time(fields[14]),
            double.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / Kilo);
    }

    private static TimeSpan Time(string ticks) => TimeSpan.FromSeconds(double.Parse(ticks, CultureInfo.InvariantCulture) / TicksPerSecond);
}
