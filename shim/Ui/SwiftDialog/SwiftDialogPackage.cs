using System.Security.Cryptography;
using Prestage.Shim.Mac;
using Prestage.Shim.Processes;
using Prestage.Shim.Settings;
using Prestage.Shim.State;

namespace Prestage.Shim.Ui.SwiftDialog;

/// <summary>Finds swiftDialog by the team that signed it, and brings it where it is missing: from a pinned address, by its SHA-256 and that team.</summary>
internal sealed class SwiftDialogPackage(ShimSettings settings, MacSystem mac, CommandRunner commands, PackageDownload download)
{
    private const string TeamId = "PWA5E9TQ59";
    private const string FileName = "dialog.pkg";
    private const int DownloadTries = 2;

    // 3.x needs macOS 15. Hashes as Homebrew's casks have them.
    private static readonly PinnedPackage Older = new(
        new Uri("https://github.com/swiftDialog/swiftDialog/releases/download/v2.5.6/dialog-2.5.6-4805.pkg"),
        "69bd7f6412a1b2393906fc059369e65c5ae58af5cc8d289467effd11d8862b2a");

    private static readonly PinnedPackage Newer = new(
        new Uri("https://github.com/swiftDialog/swiftDialog/releases/download/v3.0.1/dialog-3.0.1-4955.pkg"),
        "8977a08d706a4615b6c48b6b47badf0fd61cd6c9904c7a4712aa4431c612f385");

    // Its JSON has what the windows need: named fields and "confirm".
    private static readonly Version Oldest = new(2, 5);

    /// <summary>The program that shows windows, as a path of the Mac. It is installed if it is missing or refused.</summary>
    /// <exception cref="UiUnavailableException">It is not there, or not to be trusted, and cannot be installed.</exception>
    public async Task<string> EnsureAsync(CancellationToken cancellationToken)
    {
        var directory = mac.Paths.WindowDownload;
        var installed = await FindAsync(cancellationToken);
        if (installed is { IsUsable: false, CanBeReplaced: false })
        {
            // Nothing of root's is put where others can change it meanwhile.
            throw new UiUnavailableException($"swiftDialog is not used: {installed.Refusal}.");
        }

        if (!installed.IsUsable)
        {
            mac.Paths.Trust.Require(directory);
            installed = await InstallAsync(directory, cancellationToken);
        }

        WholeDirectory.Delete(directory);
        return installed.Program!;
    }

    /// <summary>The package for that macOS, such as <c>14.7</c>; the newer one where the version cannot be read.</summary>
    public static PinnedPackage PinFor(string osVersion) => Version.TryParse($"{osVersion}.0", out var version) && version.Major < 15 ? Older : Newer;

    /// <summary>The package that would be installed here.</summary>
    public async Task<PinnedPackage> ChooseAsync(CancellationToken cancellationToken) =>
        settings.DialogPackage ?? PinFor(await mac.Machine.ReadVersionAsync(cancellationToken));

    /// <summary>Whether it is there, nobody else can change it, its maker signed it, and it is new enough.</summary>
    public async Task<bool> IsUsableAsync(CancellationToken cancellationToken) => (await FindAsync(cancellationToken)).IsUsable;

    /// <summary>What is installed. Nothing of it is run for that, and nothing of it is believed before its signature is found right.</summary>
    public async Task<InstalledDialog> FindAsync(CancellationToken cancellationToken)
    {
        if (mac.Paths.Trust.TreeRefusal(mac.Paths.Of(InstalledDialog.App)) is { } untrusted)
        {
            return InstalledDialog.Refused(untrusted, canBeReplaced: false);
        }

        if (!File.Exists(mac.Paths.Of(InstalledDialog.Command))
            || InstalledDialog.Programs.FirstOrDefault(program => File.Exists(mac.Paths.Of(program))) is not { } found)
        {
            return InstalledDialog.Missing;
        }

        if (!await mac.Packages.IsAppSignedByAsync(mac.Paths.Of(InstalledDialog.App), TeamId, cancellationToken))
        {
            return InstalledDialog.Refused($"{InstalledDialog.App} is not signed by team {TeamId}", canBeReplaced: true);
        }

        var version = await ReadVersionAsync(cancellationToken);
        return version >= Oldest ? new InstalledDialog(found, null, CanBeReplaced: true)
            : InstalledDialog.Refused($"{InstalledDialog.App} is of version {version?.ToString() ?? "unknown"}, older than {Oldest}", canBeReplaced: true);
    }

    // By plutil, as the file: asked for its version, the program itself would run as root.
    private async Task<Version?> ReadVersionAsync(CancellationToken cancellationToken)
    {
        string[] arguments = ["-extract", "CFBundleShortVersionString", "raw", "-o", "-", mac.Paths.Of($"{InstalledDialog.App}/Contents/Info.plist")];
        return VersionIn(await commands.ReadAsync(Tool.Plutil, arguments, said => VersionIn(said) is not null, cancellationToken));
    }

    private static Version? VersionIn(CommandResult said) => said.Succeeded && Version.TryParse(said.Output.Trim(), out var version) ? version : null;

    private async Task<InstalledDialog> InstallAsync(string directory, CancellationToken cancellationToken)
    {
        string? file = null;
        try
        {
            file = await FetchAsync(await ChooseAsync(cancellationToken), directory, cancellationToken);
        }
        finally
        {
            if (file is null)
            {
                WholeDirectory.Delete(directory);
            }
        }

        // An installation that nobody waits for any more still reads its package.
        if (await mac.Packages.InstallAsync(file, cancellationToken) is { TimedOut: false })
        {
            WholeDirectory.Delete(directory);
        }

        var installed = await FindAsync(cancellationToken);
        return installed.IsUsable
            ? installed
            : throw new UiUnavailableException($"swiftDialog was installed and is not used: {installed.Refusal ?? "it is not there"}.");
    }

    // The package's path, once it is the pinned one.
    private async Task<string> FetchAsync(PinnedPackage package, string directory, CancellationToken cancellationToken)
    {
        var file = Path.Combine(directory, FileName);
        var failure = string.Empty;
        for (var tried = 0; tried < DownloadTries && failure is not null; tried++)
        {
            failure = await download.FetchAsync(package.Address, directory, FileName, cancellationToken);
        }

        if (failure is not null)
        {
            throw new UiUnavailableException($"swiftDialog could not be downloaded: {failure}.");
        }

        await using (var content = File.OpenRead(file))
        {
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
            if (hash != package.Sha256)
            {
                throw new UiUnavailableException($"swiftDialog's package from {package.Address.Host} has SHA-256 {hash}, and not {package.Sha256}.");
            }
        }

        if (!await mac.Packages.IsSignedByAsync(file, TeamId, cancellationToken))
        {
            throw new UiUnavailableException($"swiftDialog's package is not signed by team {TeamId}.");
        }

        return file;
    }
}
