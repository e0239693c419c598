using System.Globalization;
using System.Text.RegularExpressions;
using Prestage.Shim.Processes;
using Prestage.Shim.Running;

namespace Prestage.Shim.Mac;

/// <summary>One record of the local directory.</summary>
internal sealed record LocalAccount(string Name, int Uid, string FullName, string Home, string? GeneratedUid, string AuthenticationAuthority)
{
    private const int FirstHumanUid = 501;
    private const int Staff = 20;

    /// <summary>One of macOS's own or a service's, such as <c>_mbsetupuser</c>: no person's.</summary>
    public bool IsOfSystem => Uid < FirstHumanUid;

    /// <summary>Who its home must belong to, as <c>uid gid</c>.</summary>
    public string HomeOwner => string.Create(CultureInfo.InvariantCulture, $"{Uid} {Staff}");

    /// <summary>A disabled account has this tag in its authority.</summary>
    public bool IsEnabled => !AuthenticationAuthority.Contains(";DisabledUser;", StringComparison.Ordinal);
}

/// <summary>The directory did not say whether there is such a record; nothing may be built on that.</summary>
internal sealed class DirectoryUnreadableException(string name, CommandResult said)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"dscl could not read /Users/{name} (exit code {said.ExitCode})."));

/// <summary>Reads and changes local accounts. The tools answer 0 on failure, so callers read back what they asked for.</summary>
internal sealed partial class LocalAccounts(CommandRunner commands, MacPaths paths, TimeProvider time)
{
    // The low byte of -14136, eDSRecordNotFound (DSTools, dscl.m).
    private const int RecordNotFound = 56;
    private const int NoSuchUser = 1;
    private const int ChangeTries = 3;
    private static readonly TimeSpan CreateLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(2);

    /// <summary>Null only where the directory says that there is no such record.</summary>
    /// <exception cref="DirectoryUnreadableException">It gave no usable answer, several times.</exception>
    public async Task<LocalAccount?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var read = new CommandResult(-1, string.Empty, string.Empty);
        LocalAccount? account = null;
        var answered = await Poll.UntilAsync(
            async token =>
            {
                read = await commands.RunAsync(
                    Tool.Dscl,
                    [".", "-read", $"/Users/{name}", "UniqueID", "RealName", "NFSHomeDirectory", "GeneratedUID", "AuthenticationAuthority"],
                    token);
                account = read.Succeeded ? Parse(name, read.Output) : null;
                return account is not null || read.ExitCode == RecordNotFound;
            },
            ReadPatience,
            time,
            cancellationToken);
        return answered ? account : throw new DirectoryUnreadableException(name, read);
    }

    private static LocalAccount? Parse(string name, string record)
    {
        var found = DsclRecord.Parse(record);
        return int.TryParse(found.GetValueOrDefault("UniqueID"), CultureInfo.InvariantCulture, out var uid)
            ? new LocalAccount(
                name,
                uid,
                found.GetValueOrDefault("RealName", string.Empty),
                found.GetValueOrDefault("NFSHomeDirectory", string.Empty),
                found.GetValueOrDefault("GeneratedUID"),
                found.GetValueOrDefault("AuthenticationAuthority", string.Empty))
            : null;
    }

    /// <summary>Asks for an account with the password on standard input; returns what was said, not whether it is there.</summary>
    /// <param name="picture">Path of the login picture; null for one of macOS's own.</param>
    public async Task<string> CreateAsync(string name, string fullName, bool admin, string? picture, Secret password, CancellationToken cancellationToken)
    {
        string[] arguments = ["-addUser", name, "-fullName", fullName, "-password", "-", .. picture is null ? Array.Empty<string>() : ["-picture", picture]];
        var said = await commands.RunAsync(
            Tool.SysAdminCtl, admin ? [.. arguments, "-admin"] : arguments, AccountPasswords.Line(password), CreateLimit, cancellationToken);
        return said.Text;
    }

    /// <summary>Whether another account has that full name: <c>sysadminctl</c> then makes none, and says nothing of it in its exit code.</summary>
    public async Task<bool> IsFullNameTakenAsync(string fullName, string name, CancellationToken cancellationToken)
    {
        var all = await commands.RunAsync(Tool.Dscl, [".", "-list", "/Users", "RealName"], cancellationToken);
        return all.Output.Split('\n').Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries))
            .Any(row => row is [var other, var real] && other != name && string.Equals(real, fullName, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether the home directory is there.</summary>
    public bool HasHome(LocalAccount account) => account.Home.Length > 0 && Directory.Exists(paths.Of(account.Home));

    /// <summary>Whose home it is, as <c>uid gid</c>; null where <c>stat</c> does not say. A directory that was there before keeps its owner.</summary>
    public async Task<string?> ReadHomeOwnerAsync(LocalAccount account, CancellationToken cancellationToken)
    {
        var said = await commands.ReadAsync(Tool.Stat, ["-f", "%u %g", paths.Of(account.Home)], IsOwner, cancellationToken);
        return IsOwner(said) ? said.Output.Trim() : null;

        static bool IsOwner(CommandResult said) => said.Succeeded && Owner().IsMatch(said.Output);
    }

    public Task CreateHomeAsync(string name, CancellationToken cancellationToken) =>
        commands.RunAsync(Tool.CreateHomeDir, ["-c", "-u", name], cancellationToken);

    /// <summary>Takes the account off the login window, and reads that back.</summary>
    public Task<bool> HideAsync(string name, CancellationToken cancellationToken) => SetHiddenAsync(name, "1", cancellationToken);

    /// <summary>Shows the account at the login window, and reads that back.</summary>
    public Task<bool> ShowAsync(string name, CancellationToken cancellationToken) => SetHiddenAsync(name, "0", cancellationToken);

    /// <summary>Lets nobody log in with the account, or lets them again, and reads that back. Files, password and Secure Token stay.</summary>
    public async Task<bool> SetEnabledAsync(string name, bool enabled, CancellationToken cancellationToken)
    {
        for (var tried = 0; tried < ChangeTries; tried++)
        {
            await commands.RunAsync(Tool.PwPolicy, ["-u", name, enabled ? "-enableuser" : "-disableuser"], cancellationToken);
            if (await ReadAsync(name, cancellationToken) is { } account && account.IsEnabled == enabled)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> SetHiddenAsync(string name, string value, CancellationToken cancellationToken)
    {
        for (var tried = 0; tried < ChangeTries; tried++)
        {
            await commands.RunAsync(Tool.Dscl, [".", "-create", $"/Users/{name}", "IsHidden", value], cancellationToken);
            var read = await commands.RunAsync(Tool.Dscl, [".", "-read", $"/Users/{name}", "IsHidden"], cancellationToken);
            if (DsclRecord.Parse(read.Output).GetValueOrDefault("IsHidden") == value)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether macOS lets this process delete accounts: being root is not enough, and half a deletion takes the home and keeps the record.</summary>
    public bool MayDelete()
    {
        try
        {
            using var grants = File.OpenRead(paths.PrivacyGrants);
            return true;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Asks for the deletion of record and home; returns what was said. Never by <c>dscl -delete</c>, which orphans the crypto user.
    /// </summary>
    public async Task<string> DeleteAsync(string name, CancellationToken cancellationToken) =>
        (await commands.RunAsync(Tool.SysAdminCtl, ["-deleteUser", name], cancellationToken)).Text;

    /// <summary>Whether <c>id</c> knows the name: what the rest of the system believes. Null where it does not say.</summary>
    public async Task<bool?> IsKnownAsync(string name, CancellationToken cancellationToken)
    {
        var said = await commands.ReadAsync(Tool.Id, ["-u", name], said => IsUid(said) || IsUnknown(said), cancellationToken);
        return IsUid(said) ? true : IsUnknown(said) ? false : null;

        static bool IsUid(CommandResult said) => said.Succeeded && int.TryParse(said.Output, CultureInfo.InvariantCulture, out _);
        static bool IsUnknown(CommandResult said) => said.ExitCode == NoSuchUser && said.Errors.Contains("no such user", StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"^[0-9]+ [0-9]+\s*$")]
    private static partial Regex Owner();
}
