using Prestage.Shim.Mac;
using Prestage.Shim.State;

namespace Prestage.Shim.Doctor;

/// <summary>What launchd runs: this program, and the JumpCloud agent.</summary>
internal sealed class JobChecks(MacSystem mac, StateDirectory state)
{
    public async Task<Finding> DaemonAsync(CancellationToken cancellationToken)
    {
        const string Name = "launchd";
        return state.HasReceipt ? Finding.Ok(Name, "This Mac is enrolled; nothing has to start any more.")
            : !File.Exists(mac.Paths.LaunchDaemon) ? Finding.Failed(Name, $"{mac.Paths.LaunchDaemon} is missing: nothing starts the enrollment.", "Install the package again.")
            : await mac.Jobs.IsLoadedAsync(MacPaths.Label, cancellationToken) ? Finding.Ok(Name, $"{MacPaths.Label} is loaded.")
            : Finding.Failed(
                Name,
                $"{MacPaths.Label} is not loaded: switched off in Login Items, or never started.",
                $"Install {MacPaths.Label}.background-items.mobileconfig, then: sudo launchctl enable system/{MacPaths.Label}; sudo launchctl bootstrap system {mac.Paths.LaunchDaemon}");
    }

    public async Task<Finding> AgentAsync(CancellationToken cancellationToken)
    {
        const string Name = "agent";
        if (mac.Agent.ReadSystemId() is { } id)
        {
            return await mac.Jobs.IsLoadedAsync(JumpCloudAgent.JobLabel, cancellationToken)
                ? Finding.Ok(Name, $"Registered as system {id}.")
                : Finding.Failed(
                    Name,
                    $"Registered as system {id}, but its job is not loaded.",
                    $"sudo launchctl bootstrap system /Library/LaunchDaemons/{JumpCloudAgent.JobLabel}.plist");
        }

        return await mac.Packages.HasReceiptAsync(JumpCloudAgent.PackageId, cancellationToken)
            ? Finding.Failed(
                Name,
                "Installed, but not registered.",
                $"Check connectKey and the way to JumpCloud's hosts, then: sudo launchctl kickstart -k system/{JumpCloudAgent.JobLabel}")
            : Finding.Ok(Name, "Not installed yet; the enrollment does that.");
    }
}
