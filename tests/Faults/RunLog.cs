using System.Text.RegularExpressions;

namespace Prestage.Tests.Faults;

/// <summary>What the shim said on its output, as person and IT read it.</summary>
/// <param name="Stops">In order, with the support code that the person saw after each.</param>
/// <param name="Warnings">Step and code.</param>
/// <param name="Waits">A step said that it waits.</param>
internal sealed partial record RunLog(IReadOnlyList<(string Step, string Cause, string? SupportCode)> Stops, IReadOnlyList<(string Step, string Code)> Warnings, bool Waits)
{
    public static RunLog Read(string output)
    {
        List<(string, string, string?)> stops = [];
        List<(string, string)> warnings = [];
        (string Step, string Cause)? open = null;
        var waits = false;
        foreach (var line in output.Split('\n'))
        {
            if (Coded().Match(line) is { Success: true } match)
            {
                var (level, step, code) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value);
                waits |= code == "waiting";
                if (level == "warn")
                {
                    warnings.Add((step, code));
                }
                else if (level == "error")
                {
                    if (open is { } earlier)
                    {
                        stops.Add((earlier.Step, earlier.Cause, null));
                    }

                    open = (step, code);
                }
            }
            else if (open is { } stop && SupportCode().Match(line) is { Success: true } told)
            {
                stops.Add((stop.Step, stop.Cause, told.Value));
                open = null;
            }
        }

        if (open is { } untold)
        {
            stops.Add((untold.Step, untold.Cause, null));
        }

        return new RunLog(stops, warnings, waits);
    }

    [GeneratedRegex("^\\S+ (info|warn|error) +([a-z-]+) ([a-z-]+(?::[a-z-]+)?): ")]
    private static partial Regex Coded();

    [GeneratedRegex("\\bps-[0-9]{2}\\b")]
    private static partial Regex SupportCode();
}
