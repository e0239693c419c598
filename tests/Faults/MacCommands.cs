extern alias shim;

using System.Text;
using Prestage.Simulators.Mac;
using shim::Prestage.Shim.Mac;
using shim::Prestage.Shim.Processes;

namespace Prestage.Tests.Faults;

/// <summary>The shim's way to a simulated Mac's commands without processes; what they do goes on where the Mac is, also when the shim is killed.</summary>
internal sealed class MacCommands(SimulatedMac mac, Place place, TimeProvider time) : CommandRunner(new MacPaths(mac.Root), time)
{
    // caffeinate and what shows a notice: nobody waits for them.
    public override bool TryStart(string tool, IReadOnlyList<string> arguments) => true;

    protected override async Task<(int ExitCode, byte[] Output, byte[] Errors)> RunToEndAsync(
        string tool, IReadOnlyList<string> arguments, byte[] input, CancellationToken cancellationToken)
    {
        if (!mac.HasCommand(tool))
        {
            return (-1, [], Encoding.UTF8.GetBytes($"{tool}: No such file or directory"));
        }

        var answer = await place.RunAsync(() => mac.RunAsync(tool, arguments, input, cancellationToken));
        return (answer.ExitCode, Encoding.UTF8.GetBytes(answer.Output), Encoding.UTF8.GetBytes(answer.Errors));
    }
}
