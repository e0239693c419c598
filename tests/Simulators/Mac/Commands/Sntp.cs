using System.Globalization;
using Prestage.Simulators.Mac.Calls;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>sntp -sS host</c>: as root it sets the clock right, where the network is there.</summary>
internal static class Sntp
{
    public static CommandAnswer Run(CommandCall call)
    {
        if (!call.IsRoot)
        {
            return CommandAnswer.Failed(1, "sntp: settimeofday: Operation not permitted\n");
        }

        if (!call.Options.IsOnline())
        {
            return CommandAnswer.Failed(1, "sntp: Exchange failed: Timeout\n");
        }

        var lie = call.Options.TimeServerAhead;
        var offset = (lie - call.State.ClockOffset).TotalSeconds;
        call.Change(state => state with { ClockOffset = lie });
        return CommandAnswer.Ok(string.Create(
            CultureInfo.InvariantCulture, $"{offset:+0.000000;-0.000000} +/- 0.006789 {call.Arguments.LastOrDefault()} 17.253.52.125\n"));
    }
}
