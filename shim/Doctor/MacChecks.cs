using System.Globalization;
using Prestage.Shim.Mac;

namespace Prestage.Shim.Doctor;

/// <summary>What the Mac itself must offer: version, space, management, Bootstrap Token, the right to delete accounts.</summary>
internal sealed class MacChecks(MacSystem mac)
{
    private const int Oldest = 13;
    private const int OldestSupported = 14;
    private const int NewestTested = 26;
    private const long ComfortableKilobytes = 5L << 20;
    private const long LeastKilobytes = 1L << 20;

    public async Task<Finding> VersionAsync(CancellationToken cancellationToken)
    {
        const string Name = "macos";
        var version = await mac.Machine.ReadVersionAsync(cancellationToken);
        return !int.TryParse(version.Split('.')[0], CultureInfo.InvariantCulture, out var major)
            ? Finding.Warning(Name, "sw_vers names no version.", "Restart the Mac; if it stays so, reinstall macOS.")
            : major < Oldest ? Finding.Failed(Name, $"macOS {version} is too old.", "Update to macOS 14 or later.")
            : major < OldestSupported ? Finding.Warning(Name, $"macOS {version} may work, and is not supported.", "Update to macOS 14 or later.")
            : major > NewestTested ? Finding.Warning(Name, $"macOS {version} is newer than what was tested.", "Enroll one Mac of it before the others.")
            : Finding.Ok(Name, $"macOS {version}.");
    }

    public async Task<Finding> DiskAsync(CancellationToken cancellationToken)
    {
        const string Name = "disk";
        const string Fix = "Free some space; the packages need it for a while.";
        return await mac.Machine.ReadFreeKilobytesAsync(cancellationToken) is not { } free
            ? Finding.Warning(Name, "df does not say how much is free.", "Look at the disk in Disk Utility.")
            : free < LeastKilobytes ? Finding.Failed(Name, $"{Gigabytes(free)} GB are free.", Fix)
            : free < ComfortableKilobytes ? Finding.Warning(Name, $"{Gigabytes(free)} GB are free.", Fix)
            : Finding.Ok(Name, $"{Gigabytes(free)} GB are free.");
    }

    public async Task<Finding> ManagementAsync(CancellationToken cancellationToken)
    {
        const string Name = "mdm";
        var said = await mac.Machine.ReadManagementAsync(cancellationToken);
        return said switch
        {
            _ when said.Contains("MDM enrollment: Yes (User Approved)", StringComparison.Ordinal) => Finding.Ok(Name, "Enrolled, with the user's approval."),
            _ when said.Contains("MDM enrollment: Yes", StringComparison.Ordinal) => Finding.Warning(
                Name, "Enrolled without the user's approval: macOS ignores privacy grants.", "Approve the enrollment in System Settings, General, Device Management."),
            _ when said.Contains("MDM enrollment: No", StringComparison.Ordinal) => Finding.Warning(
                Name, "Not enrolled: no profile can arrive, and no Bootstrap Token is escrowed.", "Enroll the Mac in the MDM: sudo profiles renew -type enrollment"),
            _ => Finding.Warning(Name, "profiles does not say whether the Mac is enrolled.", "Ask again in a minute."),
        };
    }

    public async Task<Finding> BootstrapTokenAsync(CancellationToken cancellationToken)
    {
        const string Name = "bootstrap-token";
        return await mac.Tokens.IsBootstrapTokenEscrowedAsync(cancellationToken) is true
            ? Finding.Ok(Name, "Escrowed: the person's login grants a Secure Token.")
            : Finding.Warning(
                Name,
                "Not escrowed: the person's login grants no Secure Token, and the enrollment user stays.",
                "Use an MDM that takes it, or, as an administrator with a token: sudo profiles install -type bootstraptoken");
    }

    /// <summary>FileVault belongs after the enrollment: before the person has a Secure Token it keeps them out at every restart.</summary>
    public async Task<Finding> FileVaultAsync(bool enrolled, CancellationToken cancellationToken)
    {
        const string Name = "filevault";
        const string Fix = "Let the MDM turn FileVault on after the enrollment, not in Setup Assistant.";
        return await mac.Tokens.ReadFileVaultAsync(cancellationToken) switch
        {
            FileVaultState.Off => Finding.Ok(Name, "Off."),
            FileVaultState.On when enrolled => Finding.Ok(Name, "On."),
            FileVaultState.On when mac.TokenAdmin.Exists => Finding.Ok(Name, "On; secure-token-admin is there to give the person a Secure Token before a restart."),
            FileVaultState.On => Finding.Warning(
                Name, "On: until the first login gives the person a Secure Token, the disk unlocks for earlier users alone.", $"{Fix} Or do not restart this Mac before that login."),
            FileVaultState.Deferred when enrolled => Finding.Ok(Name, "To be turned on at the next log-out or login."),
            FileVaultState.Deferred => Finding.Warning(Name, "Forced at the next log-out or login: that can ask before the hand-over.", Fix),
            _ => Finding.Warning(Name, "fdesetup does not say whether FileVault is on.", "Ask again in a minute."),
        };
    }

    /// <summary>macOS judges the program that started this one: in Terminal that is Terminal.</summary>
    public Finding Privacy(bool deletes)
    {
        const string Name = "privacy";
        return mac.Accounts.MayDelete() ? Finding.Ok(Name, "Full disk access is granted.")
            : !deletes ? Finding.Ok(Name, "Full disk access is not granted, and not needed: the enrollment user stays by setting.")
            : Finding.Warning(
                Name,
                "Full disk access is not granted to what started this command: the enrollment user could not be deleted.",
                $"Install {MacPaths.Label}.privacy.mobileconfig by the MDM, with the team that signed this program. Terminal needs a grant of its own for this check.");
    }

    private static string Gigabytes(long kilobytes) => (kilobytes / (double)(1 << 20)).ToString("0.0", CultureInfo.InvariantCulture);
}
