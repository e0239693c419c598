using Prestage.Shim.Processes;

namespace Prestage.Shim.Mac;

/// <summary>Checks and installs packages. <c>installer</c> as root takes unsigned ones without complaint, hence the check.</summary>
internal sealed class Packages(CommandRunner commands)
{
    // One installation at a time runs on a Mac, and ours may wait for another.
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(15);

    // Apple's certificate policies: Developer ID's authority, and its certificates for applications.
    private const string DeveloperIdAuthority = "1.2.840.113635.100.6.2.6";
    private const string DeveloperIdApplication = "1.2.840.113635.100.6.1.13";
    private const int RequirementFailed = 3;

    public async Task<bool> IsSignedByAsync(string package, string teamId, CancellationToken cancellationToken) =>
        PackageSignature.IsBy(teamId, await commands.RunAsync(Tool.Pkgutil, ["--check-signature", package], cancellationToken));

    /// <summary>
    /// Whether the app is as that team signed it with a certificate of Apple's Developer ID authority: the form of a designated requirement that
    /// Xcode writes.
    /// </summary>
    public async Task<bool> IsAppSignedByAsync(string app, string teamId, CancellationToken cancellationToken)
    {
        var requirement = $"=anchor apple generic and certificate 1[field.{DeveloperIdAuthority}] exists "
            + $"and certificate leaf[field.{DeveloperIdApplication}] exists and certificate leaf[subject.OU] = \"{teamId}\"";
        string[] arguments = ["--verify", "--strict", $"-R{requirement}", app];
        return (await commands.ReadAsync(Tool.CodeSign, arguments, said => said.ExitCode is 0 or RequirementFailed, cancellationToken)).Succeeded;
    }

    /// <summary>Installs, and never cuts an installation off: where the wait for it ends first, it goes on and still needs the package.</summary>
    public Task<CommandResult> InstallAsync(string package, CancellationToken cancellationToken) =>
        commands.RunUncutAsync(Tool.Installer, ["-pkg", package, "-target", "/"], InstallLimit, cancellationToken);

    /// <summary>Takes the receipt away, where there is one.</summary>
    public Task ForgetAsync(string id, CancellationToken cancellationToken) => commands.RunAsync(Tool.Pkgutil, ["--forget", id], cancellationToken);

    public async Task<bool> HasReceiptAsync(string id, CancellationToken cancellationToken) =>
        (await commands.RunAsync(Tool.Pkgutil, ["--pkg-info", id], cancellationToken)).Succeeded;
}
