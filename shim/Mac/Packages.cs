using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>Checks and installs packages. <c>installer</c> as root takes unsigned ones without complaint, hence the check.</summary>
internal sealed class Packages(CommandRunner commands)
{
    // One installation at a time runs on a Mac, and ours may wait for another.
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(15);

    public async Task<bool> IsSignedByAsync(string package, string teamId, CancellationToken cancellationToken) =>
        PackageSignature.IsBy(teamId, await commands.RunAsync(Tool.Pkgutil, ["--check-signature", package], cancellationToken));

    /// <summary>Installs, and never cuts an installation off: where the wait for it ends first, it goes on and still needs the package.</summary>
    public Task<CommandResult> InstallAsync(string package, CancellationToken cancellationToken) =>
        commands.RunUncutAsync(Tool.Installer, ["-pkg", package, "-target", "/"], InstallLimit, cancellationToken);

    /// <summary>Takes the receipt away, where there is one.</summary>
    public Task ForgetAsync(string id, CancellationToken cancellationToken) => commands.RunAsync(Tool.Pkgutil, ["--forget", id], cancellationToken);

    public async Task<bool> HasReceiptAsync(string id, CancellationToken cancellationToken) =>
        (await commands.RunAsync(Tool.Pkgutil, ["--pkg-info", id], cancellationToken)).Succeeded;
}
