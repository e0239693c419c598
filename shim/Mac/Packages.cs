using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>Checks and installs packages. <c>installer</c> as root takes unsigned ones without complaint, hence the check.</summary>
internal sealed class Packages(CommandRunner commands)
{
    // One installation at a time runs on a Mac; ours may wait for another, and must not be killed in the middle.
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(15);

    public async Task<bool> IsSignedByAsync(string package, string teamId, CancellationToken cancel) =>
        PackageSignature.IsBy(teamId, await commands.RunAsync(Tool.Pkgutil, ["--check-signature", package], cancel));

    public Task<CommandResult> InstallAsync(string package, CancellationToken cancel) =>
        commands.RunAsync(Tool.Installer, ["-pkg", package, "-target", "/"], [], InstallLimit, cancel);

    /// <summary>Takes the receipt away, where there is one.</summary>
    public Task ForgetAsync(string id, CancellationToken cancel) => commands.RunAsync(Tool.Pkgutil, ["--forget", id], cancel);

    public async Task<bool> HasReceiptAsync(string id, CancellationToken cancel) =>
        (await commands.RunAsync(Tool.Pkgutil, ["--pkg-info", id], cancel)).Succeeded;
}
