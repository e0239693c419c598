using System.Globalization;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>date -u MMddHHmmyyyy.ss</c>: as root it sets the clock.</summary>
internal static class Date
{
    public static CommandAnswer Run(CommandCall call)
    {
        if (call.Arguments is not ["-u", var text]
            || !DateTimeOffset.TryParseExact(text, "MMddHHmmyyyy.ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var to))
        {
            return CommandAnswer.Failed(1, "date: illegal time format\n");
        }

        if (!call.IsRoot)
        {
            return CommandAnswer.Failed(1, "date: settimeofday (timeval): Operation not permitted\n");
        }

        call.Change(state => state with { ClockOffset = to - call.Options.Time.GetUtcNow() });
        return CommandAnswer.Ok(to.ToString("ddd MMM d HH:mm:ss 'UTC' yyyy\n", CultureInfo.InvariantCulture));
    }
}
