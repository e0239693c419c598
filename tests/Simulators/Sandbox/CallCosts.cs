using System.Globalization;
using System.Text.RegularExpressions;

namespace Prestage.Simulators.Sandbox;

/// <summary>Adds up what the backend's log says that its calls cost, without polls (GET /api/enrollment, a postponed Finish) and reports; a
/// delivery of the Functions host is told by Finish itself.</summary>
internal static partial class CallCosts
{
    /// <summary>Sums over log lines, plain or JSON.</summary>
    public static (int TableOperations, int DirectoryCalls) Sum(IEnumerable<string> lines)
    {
        var (tables, directory) = (0, 0);
        foreach (var match in lines.Select(line => Line().Match(line)).Where(match => match.Success && !IsPoll(match)))
        {
            tables += int.Parse(match.Groups["tables"].Value, CultureInfo.InvariantCulture);
            directory += int.Parse(match.Groups["directory"].Value, CultureInfo.InvariantCulture);
        }

        return (tables, directory);
    }

    private static bool IsPoll(Match match) =>
        match.Groups["path"].Value is "/api/enrollment" or "/api/report" || match.Groups["outcome"].Value is "Postponed" or "Dropped";

    [GeneratedRegex(
        @"([A-Z]+ (?<path>/\S*) answered \d+|Finish (?<outcome>\w+)) in [\d.]+ ms: (?<tables>\d+) table operations, (?<directory>\d+) directory calls")]
    private static partial Regex Line();
}
