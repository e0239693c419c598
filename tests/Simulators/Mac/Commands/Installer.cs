using Prestage.Simulators.Mac.Agent;
using Prestage.Simulators.Mac.Calls;
using Prestage.Simulators.Mac.Machine;

namespace Prestage.Simulators.Mac.Commands;

/// <summary><c>installer -pkg file -target /</c>: one at a time on the whole Mac, and unsigned packages without complaint.</summary>
internal static class Installer
{
    public static async Task<CommandAnswer> RunAsync(CommandCall call)
    {
        var given = call.Option("-pkg") ?? string.Empty;
        if (!call.IsRoot)
        {
            return CommandAnswer.Failed(1, "installer: Must be run as root to install this package.\n");
        }

        if (MacPackage.Read(call.Files.FromArgument(given)) is not { } package)
        {
            return CommandAnswer.Failed(1, $"installer: Error - the package path specified was invalid: '{given}'.\n");
        }

        await call.Mac.InstallGate.WaitAsync(call.Cancel);
        try
        {
            return Install(call, package);
        }
        finally
        {
            call.Mac.InstallGate.Release();
        }
    }

    private static CommandAnswer Install(CommandCall call, MacPackage package)
    {
        var upgrade = call.State.Receipts.ContainsKey(package.Id);
        var head = $"installer: Package name is {package.Name}\ninstaller: {(upgrade ? "Upgrading" : "Installing")} at base path /\n";
        if (package.Id == SimulatedAgent.PackageId && !AgentInstallation.TryRun(call))
        {
            return new CommandAnswer(1, head, "installer: The install failed. (The Installer encountered an error that caused the installation to fail.)\n");
        }

        if (package.Id == Dialog.PackageId)
        {
            call.Do(() => call.Mac.LayDialog(package.Version, package.Team ?? string.Empty));
        }

        call.Change(state => state with
        {
            Receipts = state.Receipts.SetItem(package.Id, new Receipt(package.Id, package.Version, call.Options.Time.GetUtcNow())),
        });
        return CommandAnswer.Ok($"{head}installer: The {(upgrade ? "upgrade" : "install")} was successful.\n");
    }
}
